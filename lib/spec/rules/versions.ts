// Versions of images: each tenant has one in an environment, from its own list or from the environment's.

import type { Environment } from '../environment';
import { hasVersion, isVersion, VERSION_TEXT, versionOf } from '../images';
import type { Tenant } from '../tenant';
import { quoted, show, unless } from './finding';
import type { Finding } from './finding';
import { movingTag } from './form-image';
import { hinted } from './kind';
import type { Form } from './kind';
import { text } from './kinds';
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

/** `here`: names of the tenants that live in the environment. */
export function strangersInImages(
  { images, name }: Environment,
  here: readonly string[],
): readonly Finding[] {
  if (!isRecord(images?.versions)) return [];
  return Object.keys(images.versions).flatMap((tenant) =>
    unless(here.includes(tenant), () => {
      const near = nearest(tenant, here);
      return {
        path: ['images', 'versions', tenant],
        wanted: `be of a tenant that lives in ${name}`,
        got: show(tenant),
        fix: near === undefined ? `remove it; there are ${quoted(here)}` : `did you mean ${show(near)}`,
      };
    }),
  );
}

/** Whether the environment's line for a tenant is wrong; its own message says so. */
function isWrong({ images }: Environment, tenant: string): boolean {
  if (images === undefined) return false;
  return (
    !isRecord(images.versions) ||
    (Object.hasOwn(images.versions, tenant) && !isVersion(images.versions[tenant]))
  );
}

/**
 * What is wrong with the form of a tenant, and with its version: there is one, in one place. `asked` has its overlay
 * on, and not yet the environment's version.
 */
export function withVersions(
  form: readonly Finding[],
  asked: Tenant,
  environment: Environment,
): readonly Finding[] {
  const wrong = isWrong(environment, asked.name);
  const found = wrong ? [] : oneVersion(asked, environment);
  if (!wrong && found.length === 0) return form;
  return [...found, ...form.filter(({ path }) => path.join('.') !== 'app.image')];
}

function oneVersion({ name, app }: Tenant, environment: Environment): readonly Finding[] {
  const image: unknown = (app as Tenant['app'] | undefined)?.image;
  if (environment.images === undefined || typeof image !== 'string' || image === '') return [];
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
        fix: 'add the tenant there',
      };
  return [withVersionsHint({ path: ['app', 'image'], got: show(image), ...words }, environment)];
}
