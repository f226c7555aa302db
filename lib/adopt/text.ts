// The file of an adopted tenant, and the summary that goes beside it.

import { identifierOf } from '../scaffold';
import { wrapped, printedTenant } from './print';
import type { Lost, Sheet } from './sheet';

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

const lostLine = ({ source, what, why, nearest }: Lost): string =>
  `${source}: ${what}. Why: ${why}. Nearest: ${nearest}.`;

function sectionsOf(sheet: Sheet, findings: readonly string[]): readonly Section[] {
  return [
    { title: 'The rules of Stalk refuse this until it is mended (npx stalk check)', lines: findings },
    { title: 'Could not be said', lines: sheet.lost.map(lostLine) },
    {
      title: 'Put into Secrets, in the namespace of the tenant',
      lines: sheet.moved.map(({ secret, key, source }) => `${secret}, key ${key} (from ${source})`),
    },
    { title: 'The environment (stacks/environments.ts) needs', lines: [...sheet.environment] },
    { title: 'Stalk does otherwise', lines: [...sheet.otherwise] },
    { title: 'Check in the app', lines: [...sheet.checks] },
  ].filter(({ lines }) => lines.length > 0);
}

/** `from` is the module that holds the contract. */
export function adoptedFile(
  sheet: Sheet,
  {
    findings,
    sources,
    from,
  }: { readonly findings: readonly string[]; readonly sources: readonly string[]; readonly from: string },
): string {
  const head = [
    ...wrapped(
      `Written by stalk adopt from ${sources.join(', ')}. Comments say where each value comes from; "guess:" is none of the files' own.`,
      '',
    ),
    ...sectionsOf(sheet, findings).flatMap(({ title, lines }) => [
      '//',
      `// ${title}:`,
      ...lines.flatMap((line) => wrapped(line, '', '// - ')),
    ]),
  ];
  return `${head.join('\n')}

import type { Tenant } from '${from}';

export const ${identifierOf(String(sheet.tenant['name']))}: Tenant = ${printedTenant(sheet)};
`;
}

/** For a terminal: counts first, then what a person has to do. */
export function adoptedSummary(sheet: Sheet, findings: readonly string[]): string {
  const counts = [
    `${sheet.recognised.length} props recognised`,
    `${sheet.guesses.length} guessed`,
    `${sheet.lost.length} could not be said`,
    `${sheet.moved.length} to put into Secrets`,
    `${findings.length} to mend`,
  ].join(', ');
  const guesses = sheet.guesses.map(({ path, why }) => `${path.join('.')}: ${why}`);
  return [
    `tenant "${String(sheet.tenant['name'])}": ${counts}`,
    ...[{ title: 'Guessed', lines: guesses }, ...sectionsOf(sheet, findings)]
      .filter(({ lines }) => lines.length > 0)
      .flatMap(({ title, lines }) => ['', `${title}:`, ...lines.map((line) => `  ${line}`)]),
  ].join('\n');
}
