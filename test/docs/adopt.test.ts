// The example of docs/adopt.md is what the command writes of its file.

import { adopted, inventoryOf } from '../../lib/adopt';
import { textOf } from './pages';

const FILE = 'test/adopt/fixtures/mail';

test('the tenant in docs/adopt.md is the one that is written, without its head', () => {
  const texts = [{ name: 'mail.yaml', text: textOf(`${FILE}.yaml`) }];

  const { text } = adopted(
    inventoryOf(texts, () => undefined),
    { from: '../../../lib', sources: ['mail.yaml'] },
  );

  expect(text.slice(text.indexOf('import type'))).toBe(textOf(`${FILE}.ts`));
});

test('every list of its head is explained there', () => {
  const page = textOf('docs/adopt.md');

  expect(page).toContain('**Could not be said**');
  expect(page).toContain('**Stalk does otherwise**');
  expect(page).toContain('**Check in the app**');
});
