// Texts of a plan as Compose reads them: references to variables filled in, dollars doubled.

/** Compose takes `$` for the start of a variable of .env. */
export const dollarsDoubled = (text: string): string => text.replaceAll('$', '$$$$');

/**
 * What Kubernetes makes of `$(NAME)`: the value of a variable that comes before; `$$` is a dollar. Values are as Compose
 * reads them already.
 */
export const expanded = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$\$|\$\(([^()]+)\)|\$/g, (found, name: string | undefined) => {
    const value = name === undefined ? undefined : values.get(name);
    if (value !== undefined) return value;
    return found === '$$' ? '$$' : dollarsDoubled(found);
  });
