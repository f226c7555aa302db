// Flower: its login, its port, its path.

import type { SeenVariable } from '../facts';
import { guess, lose, say } from '../sheet';
import { given, lookupIn } from '../units';
import type { Unit } from '../units';
import { isOfImage, unitSource } from './context';
import type { Writing } from './context';
import { writeExpose } from './expose';
import { writePlacement } from './pods';
import { sayCompute, sayProbes } from './sizes';

const AUTH = /(flower_?)?basic_?auth|flower.*(auth|password|credential)/i;

export function writeFlower(writing: Writing): void {
  const { sheet, units } = writing;
  const [unit] = units.filter(({ role }) => role === 'flower');
  if (unit === undefined) return;
  const path = ['flower'];
  say(sheet, path, {}, unitSource(unit));
  writeAuth(writing, unit);
  writeAddress(writing, unit);
  sayCompute(writing, unit, path);
  sayProbes(writing, unit, path);
  writePlacement(writing, unit, path);
  writeExpose(writing, unit, path);
  loseOptions(writing, unit);
}

function writeAddress({ sheet }: Writing, unit: Unit): void {
  const source = unitSource(unit);
  const port = Number(given(unit, 'port') ?? unit.program.ports[0]?.port ?? 5555); // Flower's own
  if (port !== 5555 && Number.isInteger(port)) say(sheet, ['flower', 'port'], port, source);
  const text = given(unit, 'url-prefix') ?? lookupIn(unit.program)('FLOWER_URL_PREFIX') ?? '';
  const prefix = text.replaceAll(/^\/+|\/+$/g, '');
  if (prefix !== '' && !prefix.includes('$')) say(sheet, ['flower', 'urlPrefix'], prefix, source);
}

function loseOptions(writing: Writing, unit: Unit): void {
  const { sheet } = writing;
  const source = unitSource(unit);
  const options = unit.line === undefined ? [] : Object.keys(unit.line.options);
  for (const option of options.filter((one) => /^(oauth2|auth|persistent|db|broker-api)/.test(one)))
    lose(sheet, source, {
      what: `--${option}`,
      why: 'Flower has a login of its own or a proxy before it, and no volume',
      nearest: "flower.auth; 'proxy' where somebody else logs people in",
    });
  if (unit.program.image !== undefined && !isOfImage(writing, unit.program))
    lose(sheet, source, {
      what: `the image ${unit.program.image}`,
      why: "Flower runs from the app's image",
      nearest: 'install flower in the image of the app',
    });
}

function writeAuth({ sheet, name }: Writing, unit: Unit): void {
  const at = ['flower', 'auth'];
  const variable = unit.program.env.find((one: SeenVariable) => AUTH.test(one.name));
  if (variable?.value.kind === 'secret')
    return say(
      sheet,
      at,
      { secret: variable.value.secret, key: variable.value.key },
      `${variable.name} in ${variable.source}`,
    );
  const found = given(unit, 'basic-auth') !== undefined || variable !== undefined;
  guess(
    sheet,
    at,
    { secret: `${name}-flower`, key: 'auth' },
    found
      ? 'the files hold user and password as text; a Secret with this key has to hold user:password'
      : 'nothing in the files protects Flower; a Secret with this key has to hold user:password',
  );
  sheet.moved.push({ secret: `${name}-flower`, key: 'auth', source: unitSource(unit) });
}
