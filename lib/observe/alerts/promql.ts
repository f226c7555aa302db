// PromQL as text of several lines, and what several alerts say in it.

/** Only namespaces of Stalk, with the broker and the tenant whose they are. */
export const WATCHED = '* on (namespace) group_left (broker, tenant) namespace:stalk_watched:group';

/** Without the indentation that it has in its file; a value of several lines takes that of its place. */
export function promql(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const text = parts.reduce(
    (before, part, i) => `${before}${indented(String(values[i - 1]), before)}${part}`,
  );
  const lines = text.replace(/^\n|\s+$/g, '').split('\n');
  const indentation = Math.min(...lines.map((line) => line.search(/\S|$/)));
  return lines.map((line) => line.slice(indentation)).join('\n');
}

function indented(value: string, before: string): string {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return value.replaceAll('\n', `\n${' '.repeat(line.search(/\S|$/))}`);
}
