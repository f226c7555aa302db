/** Defects in how objects are hashed, ordered, guarded and written. */
import { inFile } from './defect';
import type { Room } from './defect';

export const output: Room = {
  name: 'output',
  tests: [
    'laws/laws.test.ts',
    'output/manifests.test.ts',
    'output/yaml.test.ts',
    'output/gitops.test.ts',
    'output/argocd-flux.test.ts',
    'output/runtime.test.ts',
    'check',
    'cli/check.test.ts',
  ],
  defects: [
    ...inFile(
      'lib/output/hashes.ts',
      [
        'pods do not roll when their configuration changes',
        '[ANNOTATION.configHash]: hash(...read),',
        "[ANNOTATION.configHash]: hash(''),",
        /configuration|ConfigMap/,
      ],
      [
        'a Job keeps its name when its content changes',
        'metadata.name = `${metadata.name}-${hash(JSON.stringify(spec))}`;',
        "metadata.name = `${metadata.name}-${hash('')}`;",
        /Job/,
      ],
      [
        'a new loader runs every migration again',
        "manifest.kind === 'Job' ? settings : all",
        "manifest.kind === 'Jobs' ? settings : all",
        /runs no Job again/,
      ],
    ),
    ...inFile('lib/output/waves.ts', [
      'Argo CD waits for ever for a claim',
      'return withClaims(clockLast(objects.map(level), manifests), manifests);',
      'return clockLast(objects.map(level), manifests);',
      /a claim comes with its first consumer/,
    ]),
    ...inFile(
      'lib/output/manifests.ts',
      [
        'volumes are pruned without a question',
        "'StatefulSet', 'PersistentVolumeClaim']);",
        "'StatefulSet']);",
        /pruned by nobody without being asked/,
      ],
      [
        'objects have no sync wave',
        "'argocd.argoproj.io/sync-wave': String(wave),",
        '',
        /every object has a sync wave/,
      ],
    ),
    ...inFile(
      'lib/output/tree.ts',
      [
        'a kustomization leaves out an object',
        'const listed = [...files.keys(),',
        'const listed = [...[...files.keys()].slice(1),',
        /kustomization|exactly once|lists/,
      ],
      ['a Secret reaches Git', 'refuseSecret(manifest, platform.environment.disposable);', '', /Secret/],
    ),
    ...inFile(
      'lib/output/yaml-scalar.ts',
      ['`no` becomes false', "'n', 'no', 'on',", "'n', 'on',", /"no" is quoted/i],
      [
        'numbers in texts become numbers',
        "'^[-+]?0(?:x[\\\\da-f]*|[bo][-+]?[0-7]*)$',",
        '',
        /is quoted as a value and as a key/,
      ],
    ),
    ...inFile('lib/cli/check.ts', [
      '`stalk check` ends well whatever it finds',
      '? EXIT.ok : EXIT.failed);',
      '? EXIT.ok : EXIT.ok);',
      /stalk check ends with 1/,
    ]),
  ],
};
