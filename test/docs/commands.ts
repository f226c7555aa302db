// Commands that a page tells a person to type, and what they name.

import { textOf } from './pages';

/** Of fenced blocks, also of those within lists, and of code within a sentence; one text a command. */
export function commandsOf(page: string): readonly string[] {
  const text = textOf(page);
  const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].flatMap(([, , code = '']) =>
    code.split(/(?<!\$\(cat \/run\/redis\/admin\))\n/),
  );
  const within = [...text.matchAll(/`((?:kubectl|npx|celery) [^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks.map((line) => line.trim()).filter((line) => line !== ''), ...within];
}

/** What stands for something of the alert. */
export const placeholdersOf = (command: string): readonly string[] =>
  [...command.matchAll(/<([a-z]+)>/g)].map(([, name = '']) => name);

/** First group of every match. */
export const named = (commands: readonly string[], pattern: RegExp): readonly string[] => [
  ...new Set(commands.flatMap((command) => [...command.matchAll(pattern)].map(([, name = '']) => name))),
];
