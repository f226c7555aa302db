// What the services of a project refer to: values of .env, files beside compose.yaml, volumes, ports of the laptop.

import { createHash } from 'node:crypto';
import { reference } from './values';
import type { EnvFileValue } from './values';

/** Gathered while services are written. */
export interface Book {
  /** @returns how compose.yaml refers to it */
  readonly value: (value: EnvFileValue) => string;
  /** Files of a folder of the project. @returns a hash of their texts */
  readonly files: (folder: string, texts: Readonly<Record<string, string>>) => string;
  /** A file that holds a value of .env. */
  readonly secretFile: (path: string, value: EnvFileValue) => void;
  /** A file that its reader fills in. @returns its path */
  readonly yours: (path: string, about: string) => string;
  /** A named volume and the user that writes to it. */
  readonly volume: (name: string, user: number) => void;
  /** A port of the laptop that no other service has: this one, or the next. */
  readonly port: (wanted: number) => number;
  readonly written: Written;
}

interface Written {
  readonly values: Map<string, EnvFileValue>;
  readonly files: Map<string, string>;
  readonly secretFiles: Map<string, EnvFileValue>;
  /** What each is, by path. */
  readonly yours: Map<string, string>;
  readonly volumes: Map<string, number>;
}

export function book(): Book {
  const written: Written = {
    values: new Map(),
    files: new Map(),
    secretFiles: new Map(),
    yours: new Map(),
    volumes: new Map(),
  };
  const ports = new Set<number>();
  const note = (value: EnvFileValue): void => {
    const other = written.values.get(value.name);
    if (other !== undefined && other.about !== value.about)
      throw new TwoOfAName(value.name, [other.about, value.about]);
    written.values.set(value.name, value);
  };
  return {
    written,
    value(value) {
      note(value);
      return reference(value);
    },
    files(folder, texts) {
      const hash = createHash('sha256');
      for (const [name, text] of Object.entries(texts)) {
        written.files.set(`${folder}/${name}`, text);
        hash.update(`${name}\0${text}\0`);
      }
      return hash.digest('hex').slice(0, 12);
    },
    secretFile(path, value) {
      note(value);
      written.secretFiles.set(path, value);
    },
    yours(path, about) {
      written.yours.set(path, about);
      return path;
    },
    volume: (name, user) => void written.volumes.set(name, user),
    port(wanted) {
      let free = wanted;
      while (ports.has(free)) free += 1;
      ports.add(free);
      return free;
    },
  };
}

/** Two values that .env would hold under one name. */
export class TwoOfAName extends Error {
  constructor(name: string, abouts: readonly string[]) {
    super(`.env must hold each value under a name of its own, got ${name} for ${abouts.join(' and ')}`);
    this.name = 'TwoOfAName';
  }
}
