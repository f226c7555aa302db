// The words of a command in exec form.

import { someText } from './kinds';
import { list } from './shapes';

export const command = list(someText, { least: 1, repeats: true, empty: 'write the words of a command' });
