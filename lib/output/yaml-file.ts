// What a YAML file of a user's own holds, or where and why it is none.

import { parseAllDocuments } from 'yaml';

/** Why a text is no YAML; `at` is `:line:column`. */
export interface NoYaml {
  readonly wrong: string;
  readonly at: string;
}

/** What each document holds; one that holds nothing stands before the first --- or behind the last. */
export function valuesIn(text: string): readonly unknown[] | NoYaml {
  const documents = parseAllDocuments(text);
  const [error] = documents.flatMap((document) => document.errors);
  if (error) return noYaml(error);
  try {
    return documents.map((document) => document.toJS() as unknown).filter((value) => value !== null);
  } catch (thrown) {
    // An alias that leads nowhere, or one that unfolds without end
    return noYaml(thrown as Error);
  }
}

function noYaml({ message }: Error): NoYaml {
  const found = /^(.*?) at line (\d+), column (\d+)/s.exec(message);
  return found ? { wrong: String(found[1]), at: `:${found[2]}:${found[3]}` } : { wrong: message, at: '' };
}
