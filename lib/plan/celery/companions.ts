// What an author puts beside a process: programs that run as long as it does, and those that run before it.

import { SCRATCH } from '../../kube/scratch';
import type { Beside, ResolvedInitContainer, ResolvedSidecar } from '../../spec/resolved';
import type { Companion, Look, Program, Wait } from '../process';
import type { AppContext, ClientRole } from './context';
import { foldersOf, sourcesOf } from './foreign';
import { looksAt } from './signals';
import { lastOf, ownVariables } from './variables';

/** What they stand beside, and as which Redis user. */
interface At {
  readonly app: AppContext;
  readonly role: ClientRole;
  readonly program: Program;
}

export const companionsOf = (sidecars: Beside['sidecars'], at: At): readonly Companion[] =>
  sidecars.map((sidecar) => companion(at, sidecar));

function companion(at: At, sidecar: ResolvedSidecar): Companion {
  const { name, image, command, args, user, resources, port } = sidecar;
  const { variables, folders } = foreign(at, sidecar, sidecar.writable);
  return {
    name,
    image,
    ...(command && { command }),
    args,
    ...(user !== undefined && { user }),
    resources,
    ...(port !== undefined && { port, probes: looksAt(sidecar.probes, lookOf(sidecar)) }),
    variables,
    variablesFrom: sourcesOf(sidecar),
    folders: [...folders, ...foldersOf(sidecar.files, `beside-${name}-files`)],
  };
}

/** A front answers for a program that starts after it: of its own start it is asked whether its port accepts. */
function lookOf({ health, front }: ResolvedSidecar) {
  const asked: Look = health === undefined ? 'port' : { path: health, headers: {}, scheme: 'http' };
  return { startup: front ? 'port' : asked, readiness: asked, liveness: 'port' } as const;
}

/** What a program of another image finds: its own variables and folders, and those of the app that it is shown. */
function foreign(
  { app, role, program }: At,
  { name, env, mounts }: Pick<ResolvedSidecar, 'name' | 'env' | 'mounts'>,
  writable: ResolvedSidecar['writable'],
) {
  const own = [SCRATCH, ...writable]; // the app's own /tmp holds what others have no business with
  return {
    variables: ownVariables(app, role, env),
    variablesFrom: [],
    folders: [
      ...own.map(({ path, size }, index) => ({ name: `beside-${name}-${index}`, path, scratch: size })),
      ...Object.entries(mounts).flatMap(([of, path]) =>
        program.folders
          .filter((folder) => folder.name === of || folder.path === of)
          .map((folder) => ({ ...folder, path })),
      ),
    ],
  };
}

/** In the app's image with all that its program has, or in another one. `at`: the workload's app for its own. */
export const preparations = (
  initContainers: Beside['initContainers'],
  at: (isOwn: boolean) => At,
): readonly Wait[] => initContainers.map((one) => preparation(at(one.isOwn), one));

function preparation(at: At, asked: ResolvedInitContainer): Wait {
  const { name, command, image, user, env } = asked;
  const about = { name, for: 'preparation', ...(user !== undefined && { user }) } as const;
  if (image !== undefined) return { ...about, command, image, ...foreign(at, asked, []) };
  return {
    ...at.program,
    ...about,
    command: [...at.app.tenant.app.entrypoint, ...command],
    variables: lastOf([...at.program.variables, ...ownVariables(at.app, at.role, env)]),
  };
}
