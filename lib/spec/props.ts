// One line a prop: its type, its form, its default and its doc stand in one table, and the rest is inferred from it.

import { isRecord } from '../kube/json';
import { formBy, NOTHING } from './rules/kind';
import type { AnyForm, Form } from './rules/kind';
import { recordOf } from './rules/shapes';

/** A prop that its author must write. */
export interface RequiredProp<T> {
  readonly form: Form<T>;
  readonly isRequired: true;
}

/** A prop that may be left out; without a default, other props or the cluster decide what it becomes then. */
export interface OptionalProp<T, D = undefined> {
  readonly form: Form<T>;
  readonly isRequired: false;
  readonly fallback: D;
}

interface AnyProp {
  readonly form: AnyForm;
  readonly isRequired: boolean;
  readonly fallback?: unknown;
}

/** Props by name; over the line of each stands its doc, with `@default` where it is optional. */
export type PropLines = Readonly<Record<string, AnyProp>>;

export const required = <T>(form: Form<T>): RequiredProp<T> => ({ form, isRequired: true });

/** `D` where a default says more than its author must, such as both halves of a size. */
export function optional<T>(form: Form<T>): OptionalProp<T>;
export function optional<T, D extends T = T>(form: Form<T>, fallback: NoInfer<D>): OptionalProp<T, D>;
export function optional<T>(form: Form<T>, fallback?: T): OptionalProp<T, T | undefined> {
  return { form, isRequired: false, fallback };
}

/** A prop of another variant: known, so that its name is no slip, and never written beside this one's. */
export const absent: OptionalProp<never> = {
  form: formBy(() => NOTHING, undefined, { kind: 'never' }),
  isRequired: false,
  fallback: undefined,
};

/** A record of props: its form, the defaults of those that have one, and how an environment lays its own over them. */
export interface Props<P> extends Form<Typed<P>> {
  readonly lines: P;
  readonly defaults: DefaultsOf<P>;
  readonly layer: Form<DefaultsOf<P>>;
}

/** What an author writes, by a table or by its lines. */
export type PropsOf<T> = T extends Props<infer P> ? Typed<P> : Typed<T>;

type Typed<P> = {
  readonly [K in keyof P as IsRequired<P, K> extends true ? K : never]: TypeOf<P[K]>;
} & {
  readonly [K in keyof P as IsRequired<P, K> extends true ? never : K]?: TypeOf<P[K]>;
};

type IsRequired<P, K extends keyof P> = P[K] extends { readonly isRequired: infer R } ? R : never;
type TypeOf<L> = L extends { readonly form: Form<infer T> } ? T : never;

/** What props become that are left out. */
export type DefaultsOf<P> = {
  readonly [K in keyof P as FallbackOf<P[K]> extends undefined ? never : K]: FallbackOf<P[K]>;
};

type FallbackOf<L> = L extends { readonly fallback: infer D } ? D : undefined;

/**
 * A second base beside `PropsOf`: the compiler calls an interface with two by its own name, and one with a single base
 * by all that is in it.
 */
export type Contract = Readonly<Record<never, unknown>>;

export function props<P extends PropLines>(lines: P): Props<P> {
  const known = Object.entries<AnyProp>(lines);
  const withDefault = known.filter(([, { fallback }]) => fallback !== undefined);
  const needed = known.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  const forms = by(known, ({ form }) => form);
  const defaults = by(withDefault, ({ fallback }) => fallback);
  return Object.assign(recordOf<Typed<P>>(forms, ...needed), {
    shape: { kind: 'props', props: forms, required: needed, defaults } as const,
    lines,
    defaults: defaults as DefaultsOf<P>,
    layer: recordOf<DefaultsOf<P>>(by(withDefault, layerOf)),
  });
}

const by = <T>(
  lines: readonly (readonly [string, AnyProp])[],
  of: (line: AnyProp) => T,
): Readonly<Record<string, T>> => Object.fromEntries(lines.map(([name, line]) => [name, of(line)]));

/** Where a default has its parts apart, a layer changes them one by one: an author's one value lies over one of them. */
const layerOf = ({ form, fallback }: AnyProp): AnyForm =>
  form.shape?.kind === 'spread' && isRecord(fallback) ? form.shape.parts : form;
