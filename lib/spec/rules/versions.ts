// Versions of images: each tenant has one in an environment, from its own list or from the environment's.

import type { Environment } from '../environment';
import { hasVersion, isVersion, VERSION_TEXT, versionOf, withoutVersion } from '../images';
import type { Tenant } from '../tenant';
import { quoted, show, unless } from './finding';
import type { Finding, Path } from './finding';
import { movingTag } from './form-image';
import { hinted } from './kind';
import type { Form } from './kind';
import { text } from './kinds';
import { appPartsOf } from './processes';
import { nearest } from '../nearest';
import { isRecord } from '../../kube/json';

/** `acme/jobs:2.4.1` is written where only `2.4.1` is missing; `2.4` is a number in YAML, and `1.10` another one. */
function likelyVersion(value: unknown): string | undefined {
  if (typeof value === 'number') return 'put it in quotes: without them 1.10 is 1.1';
  const last = /[:@]((?:[^:/@]+@)?(?:sha256:)?[^:/@]+)$/.exec(String(value))?.[1];
  return isVersion(last) ? `write ${show(last)}` : undefined;
}

export const version: Form<string> = hinted(
  text(VERSION_TEXT, {
    wanted: 'be a tag, a digest, or a tag and a digest',
    fix: 'write it like "2.4.1", "sha256:…" or "2.4.1@sha256:…"',
  }),
  likelyVersion,
);

/** Where the line stands that somebody has to change. */
const withVersionsHint = (finding: Finding, { images }: Environment): Finding =>
  images?.file === undefined ? finding : { ...finding, fix: `${finding.fix}, in ${images.file}` };

/** Names the file in every finding about versions. */
export const withFile = (found: readonly Finding[], environment: Environment): readonly Finding[] =>
  found.map((finding) => (finding.path[0] === 'images' ? withVersionsHint(finding, environment) : finding));

/** As in images that tenants write: a tag that moves is for a cluster to throw away, which asks for it each time. */
export function movingVersions({ images, disposable, pullPolicy }: Environment): readonly Finding[] {
  if ((disposable === true && pullPolicy === 'Always') || !isRecord(images?.versions)) return [];
  return Object.entries(images.versions).flatMap(([tenant, given]) =>
    unless(!isVersion(given) || movingTag(`image:${given}`) === undefined, () => ({
      path: ['images', 'versions', tenant],
      wanted: 'be a fixed tag: this one changes under a running tenant',
      got: show(given),
      fix: 'write the version that runs, like "2.4.1"',
    })),
  );
}

/** `here`: the tenants that live in the environment, as they are in it. */
export function strangersInImages(
  { images, name }: Environment,
  here: readonly Tenant[],
): readonly Finding[] {
  if (!isRecord(images?.versions)) return [];
  const known = here.flatMap((tenant) => [tenant.name, ...ownImages(tenant).map(([, , key]) => key)]);
  return Object.keys(images.versions).flatMap((key) =>
    unless(known.includes(key), () => {
      const near = nearest(key, key.includes('/') ? known.filter((one) => one.includes('/')) : known);
      return {
        path: ['images', 'versions', key],
        wanted: key.includes('/')
          ? `be an image that a pool or a process of a tenant in ${name} has for itself`
          : `be of a tenant that lives in ${name}`,
        got: show(key),
        fix: near === undefined ? `remove it; there are ${quoted(known)}` : `did you mean ${show(near)}`,
      };
    }),
  );
}

/** Of pools and processes, with their path and their name in `images`. */
const ownImages = (tenant: Tenant): readonly (readonly [Path, image: string, key: string])[] =>
  appPartsOf(tenant).flatMap(([path, part]) => {
    const image: unknown = isRecord(part) ? part.image : undefined;
    return typeof image === 'string' && image !== ''
      ? [[[...path, 'image'], image, withoutVersion(image)] as const]
      : [];
  });

/** Whether the environment's line of a name is wrong; its own message says so. */
function isWrong({ images }: Environment, name: string): boolean {
  if (images === undefined) return false;
  return (
    !isRecord(images.versions) || (Object.hasOwn(images.versions, name) && !isVersion(images.versions[name]))
  );
}

/**
 * What is wrong with the form of a tenant, and with its versions: each image has one, in one place. `asked` has its
 * overlay on, and not yet the environment's versions.
 */
export function withVersions(
  form: readonly Finding[],
  asked: Tenant,
  environment: Environment,
): readonly Finding[] {
  if (environment.images === undefined) return form;
  const image: unknown = (asked.app as Tenant['app'] | undefined)?.image;
  const app =
    typeof image === 'string' && image !== '' ? [[['app', 'image'], image, asked.name] as const] : [];
  const judged = [...app, ...ownImages(asked)].map(([path, text, name]) => ({
    path,
    wrong: isWrong(environment, name),
    found: oneVersion(path, text, name, environment),
  }));
  const settled = judged
    .filter(({ wrong, found }) => wrong || found.length > 0)
    .map(({ path }) => path.join('.'));
  return [
    ...judged.flatMap(({ wrong, found }) => (wrong ? [] : found)),
    ...form.filter(({ path }) => !settled.includes(path.join('.'))),
  ];
}

function oneVersion(path: Path, image: string, name: string, environment: Environment): readonly Finding[] {
  const given = versionOf(environment, name);
  const own = hasVersion(image);
  if (own === (given === undefined)) return [];
  const words = own
    ? {
        wanted: `have no version of its own where images of ${environment.name} gives ${show(given)}`,
        fix: 'remove one of the two',
      }
    : {
        wanted: `have a version in images of ${environment.name}, or a tag or a digest of its own`,
        fix: path[0] === 'app' ? 'add the tenant there' : `add ${show(name)} there`,
      };
  return [withVersionsHint({ path, got: show(image), ...words }, environment)];
}
