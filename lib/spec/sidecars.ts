// What stands beside a program of the app in its pods: sidecars, and containers that run before it.

import { requestLimit, sidecarLines } from './compute';
import type { SidecarCompute } from './compute';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { image } from './rules/form-image';
import { command } from './rules/form-command';
import { ownPort, urlPath } from './rules/form-names';
import { flag, folder, label, someText, whole } from './rules/kinds';
import { each, list, removable } from './rules/shapes';
import type { Cpu, Memory } from './units';
import { env } from './values';

/** A proxy or a web server for static files; a heavier one says so. */
const SMALL = { cpu: requestLimit<Cpu>('50m', '250m'), memory: requestLimit<Memory>('64Mi', '128Mi') };

const words = list(someText, { repeats: true });

/** Folders by what lies in them: the name of one of `app.volumes`, or a path of `app.writable`. */
const mounts = optional(each(someText, folder), {});

/** A program of another image that runs as long as the pod does. */
export interface Sidecar extends SidecarCompute, PropsOf<typeof sidecar> {}

export const sidecar = props({
  ...sidecarLines(SMALL),

  /** Image with a fixed tag or a digest, as `app.image` has it. */
  image: required(image),

  /**
   * What it runs, in exec form.
   * @default - the image's entrypoint
   */
  command: optional(command),

  /**
   * Arguments behind the command, or behind the image's entrypoint.
   * @default []
   */
  args: optional(words, []),

  /**
   * Its environment. It has none of the app's, so that it sees no secret that is not its own.
   * @default {}
   */
  env: optional(env, {}),

  /**
   * Port on the pod's own address, on which the kubelet looks at it. A proxy that listens on 127.0.0.1, for the app alone,
   * has none. Prometheus scrapes the port of a sidecar named `metrics`.
   * @default - nobody outside the pod asks it
   */
  port: optional(ownPort),

  /**
   * Path that answers 200 on `port` while it can serve.
   * @default - the port accepts
   */
  health: optional(urlPath),

  /**
   * Numeric user and group.
   * @default - the app's
   */
  user: optional(whole(1, 2 ** 31 - 1)),

  /**
   * Folders that it writes to and may lose. It has a `/tmp` of its own.
   * @default []
   */
  writable: optional(list(folder), []),

  /**
   * Folders of the app that it sees, by the name of the volume or by the path in `app.writable`, and where it sees them:
   * `{ media: '/usr/share/nginx/html/media', '/run/app': '/run/app' }`.
   * @default {}
   */
  mounts,
});

/** One beside a program with a port. */
export interface WebSidecar extends Sidecar, PropsOf<typeof webSidecar> {}

const webSidecar = props({
  ...sidecar.lines,

  /**
   * Requests go to its `port` first: those of the Service, and those of the probes. It passes them on to the program.
   * @default false
   */
  front: optional(flag, false),
});

/** Runs to its end before the program starts. */
export interface InitContainer extends Contract, PropsOf<typeof initContainer> {}

export const initContainer = props({
  /** What has to end well. */
  command: required(command),

  /**
   * Image with a fixed tag or a digest. Another image has nothing of the app's but `mounts`.
   * @default - the app's, with its environment, its folders and its entrypoint
   */
  image: optional(image),

  /**
   * Environment of this container, on top of the app's where it has the app's image.
   * @default {}
   */
  env: optional(env, {}),

  /**
   * Numeric user and group.
   * @default - the app's
   */
  user: optional(whole(1, 2 ** 31 - 1)),

  /**
   * Folders of the app that another image sees, as those of a sidecar.
   * @default {}
   */
  mounts,
});

/** Sidecars by name. Where `false` stands, one of the same name in a wider place is not wanted. */
export const sidecars = each(label, removable<Sidecar>(sidecar));
const webSidecars = each(label, removable<WebSidecar>(webSidecar));

/** In this order. */
export const initContainers = each(label, removable<InitContainer>(initContainer));

/** What a workload has beside the tenant's. */
export interface WithSidecars extends Contract, PropsOf<typeof besideLines> {}

export const besideLines = {
  /**
   * Sidecars of these pods, by name, beside the tenant's: one of the same name takes its place, `false` removes it.
   * @default - the tenant's
   */
  sidecars: optional(sidecars),

  /**
   * Init containers of these pods, by name, after the tenant's: one of the same name takes its place, `false` removes it.
   * @default - the tenant's
   */
  initContainers: optional(initContainers),
};

/** What one that serves HTTP has. */
export interface WithWebSidecars extends Contract, PropsOf<typeof besideWebLines> {}

export const besideWebLines = {
  /**
   * Sidecars of these pods, by name, beside the tenant's: one of the same name takes its place, `false` removes it.
   * @default - the tenant's
   */
  sidecars: optional(webSidecars),

  /**
   * Init containers of these pods, by name, after the tenant's: one of the same name takes its place, `false` removes it.
   * @default - the tenant's
   */
  initContainers: optional(initContainers),
};
