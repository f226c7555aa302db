/** Certificates for a test, made with openssl: authorities, what they sign, and a Secret as a kubelet mounts it. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As they lie in a Secret. */
export type Files = Readonly<Record<'ca.crt' | 'tls.crt' | 'tls.key', string>>;

export interface Authority {
  /** A certificate that it signs; without a name it is good for a client only. */
  readonly sign: (name?: string) => Files;
  /** An authority that it signs for: what that one signs is shown with its certificate, and verified by this one. */
  readonly below: (called: string) => Authority;
  readonly remove: () => void;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

const openssl = (...args: readonly string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' });

export function authority(called: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  const at = (name: string): string => join(folder, name);
  const subject = ['-subj', `/CN=${called}`];
  openssl('req', '-x509', ...KEY, ...subject, '-days', '2', '-keyout', at('ca.key'), '-out', at('ca.crt'));
  return signer(folder, '');
}

/** `chain` is what its certificates are shown with. */
function signer(folder: string, chain: string, root = join(folder, 'ca.crt')): Authority {
  const at = (name: string): string => join(folder, name);
  return {
    sign: (name) => {
      const usage =
        name === undefined
          ? 'clientAuth'
          : `serverAuth,clientAuth\nsubjectAltName=${isIP(name) ? 'IP' : 'DNS'}:${name}`;
      writeFileSync(at('extensions'), `extendedKeyUsage=${usage}\n`);
      openssl('req', ...KEY, '-subj', '/CN=leaf', '-keyout', at('tls.key'), '-out', at('request'));
      const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '1'];
      const files = ['-in', at('request'), '-extfile', at('extensions'), '-out', at('tls.crt')];
      openssl('x509', '-req', ...by, ...files);
      const read = (file: string): string => readFileSync(at(file), 'utf8');
      return {
        'ca.crt': readFileSync(root, 'utf8'),
        'tls.crt': read('tls.crt') + chain,
        'tls.key': read('tls.key'),
      };
    },
    below: (called) => {
      const own = mkdtempSync(join(folder, 'below-'));
      const its = (name: string): string => join(own, name);
      writeFileSync(its('extensions'), 'basicConstraints=critical,CA:TRUE\n');
      openssl('req', ...KEY, '-subj', `/CN=${called}`, '-keyout', its('ca.key'), '-out', its('request'));
      const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '1'];
      const files = ['-in', its('request'), '-extfile', its('extensions'), '-out', its('ca.crt')];
      openssl('x509', '-req', ...by, ...files);
      return signer(own, readFileSync(its('ca.crt'), 'utf8') + chain, root);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Both authorities, one after the other, as a change from one to the other needs them. */
export const trusting = (files: Files, also: Files): Files => ({
  ...files,
  'ca.crt': files['ca.crt'] + also['ca.crt'],
});

/** A folder of links into `..data`, itself a link that is swapped. */
export function secretAt(folder: string): (files: Files) => void {
  let version = 0;
  mkdirSync(folder, { recursive: true });
  ['ca.crt', 'tls.crt', 'tls.key'].forEach((name) => symlinkSync(`..data/${name}`, join(folder, name)));
  return (files) => {
    version += 1;
    mkdirSync(join(folder, `..${version}`));
    Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, `..${version}`, name), text));
    symlinkSync(`..${version}`, join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
  };
}
