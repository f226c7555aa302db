/** Writes test/releases/<version>.json: what this version promises. Run it when a version is released. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platforms } from '../lib';
import { environments, tenants } from '../test/reference';
import { promisesOf, toText } from './release/record';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const file = join('test', 'releases', `${version}.json`);
writeFileSync(file, toText({ version, items: promisesOf(platforms({ environments, tenants })) }));
console.log(file);
