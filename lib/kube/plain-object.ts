// An object of a chart whose content is plain JSON already.

import { ApiObject } from 'cdk8s';
import type { ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';

/**
 * cdk8s asks of each value of an object whether somebody has to produce it first: an eighth of the CPU of a synth. Nothing
 * here is to be produced: the generated classes give their manifests as JSON.
 */
export class PlainObject extends ApiObject {
  readonly #content: ApiObjectProps;

  constructor(scope: Construct, id: string, content: object) {
    const object = content as ApiObjectProps;
    super(scope, id, object);
    this.#content = object;
  }

  override toJson(): unknown {
    const { apiVersion, kind, ...rest } = this.#content;
    const metadata: unknown = this.metadata.toJson(); // in order already
    return {
      apiVersion,
      kind,
      metadata,
      ...(sorted({ ...rest, metadata: undefined }) as object),
    };
  }
}

/** Keys in order, without those that have no value. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const found: Record<string, unknown> = {};
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined && field !== null) found[key] = sorted(field);
  }
  return found;
}

/** An object of a kind that the generated classes know. */
export const kubeObject = <P>(
  scope: Construct,
  id: string,
  kind: { readonly manifest: (props: P) => unknown },
  props: P,
): PlainObject => new PlainObject(scope, id, kind.manifest(props) as object);
