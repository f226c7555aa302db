// The exporter of a broker's queues: one pod, the list of tenants that it reads live, and whom it may talk to.

import { join } from 'node:path';
import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import {
  ANNOTATION,
  brokerOf,
  kubeObject,
  labels,
  podTemplate,
  QUEUES_EXPORTER,
  readOnly,
  selector,
} from '../../kube';
import type { ContainerProps, Labels } from '../../kube';
import { METRICS, METRICS_PORT } from '../../plan/metrics';
import { hostAndPort } from '../../plan/redis/endpoint';
import type { Endpoint, Sentinels } from '../../plan/redis/endpoint';
import { CERTIFICATES, CLIENT_TLS_DIR } from '../../plan/redis/tls';
import type { ClientTls } from '../../plan/redis/tls';
import { strategyOf } from '../../plan/secrets/strategies';
import type { ResolvedEnvironment, ResolvedExporter, ResolvedTenant } from '../../spec';
import type { Runtime } from '../../spec/runtimes';
import { budget } from '../../traits/availability';
import { imagesOf } from '../../traits/images';
import { scraped } from '../../traits/metrics';
import { networkPolicy, peersOf, tcp } from '../../traits/network';
import { footprint } from '../../traits/quota';
import type { Footprint } from '../../traits/quota';
import { programs, runtimeConfig } from '../../traits/runtime';
import { expectations } from './expectations';

export interface QueuesExporterProps {
  readonly environment: ResolvedEnvironment;
  readonly exporter: ResolvedExporter;
  /** Shared broker or tenant that it belongs to. */
  readonly owner: string;
  /** As series name it: a shared broker, or the tenant whose own it is. */
  readonly broker: string;
  /** The tenant, in the namespace of one. */
  readonly tenant?: string;
  readonly runtime: Runtime;
  readonly endpoint: Endpoint;
  /** Redis user that it comes as, and the Secret that holds the password under this name. */
  readonly login: { readonly user: string; readonly secret: string };
  /** Whether somebody else puts the certificate there. */
  readonly certificatesElsewhere: boolean;
  /** Those whose queues it counts. */
  readonly tenants: readonly ResolvedTenant[];
}

/** Name of its objects. */
const NAME = 'queues';
const PROGRAM = 'queues-exporter';
const TENANTS = 'queues-tenants';

const FOLDERS = { program: '/opt/queues', tenants: '/etc/queues/tenants', password: '/etc/queues/password' };

/** Any image may run as this. */
const USER = 10001;

/** Seconds: it keeps nothing, and ends at once. */
const GRACE = 5;

/** Seconds on a node that no longer answers, as for the pods of an app. */
const MOVES_AFTER = 10;

export class QueuesExporter extends Construct {
  readonly workload: ApiObject;
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;

  constructor(scope: Construct, id: string, props: QueuesExporterProps) {
    super(scope, id);
    const { owner, tenant, exporter, runtime } = props;
    const own = labels({ ...QUEUES_EXPORTER, owner, ...(tenant !== undefined && { tenant }) });
    const pods = selector(QUEUES_EXPORTER);
    const data = programs(join(__dirname, '..', 'runtime'), runtime);
    const program = runtimeConfig(this, { ...props, name: PROGRAM, version: runtime, data });
    const lists = tenantLists(this, own, expectations(props.tenants));

    egress(this, own, pods, props.endpoint);
    budget(this, { name: NAME, labels: own, pods });
    this.workload = kubeObject(this, NAME, k8s.KubeDeployment, {
      metadata: { name: NAME, labels: own },
      spec: {
        replicas: 1,
        revisionHistoryLimit: 3,
        selector: { matchLabels: pods },
        strategy: { type: 'Recreate' }, // two of them would say everything twice
        template: pod(props, own, lists),
      },
    });
    this.workload.node.addDependency(program, ...lists);
    this.footprint = footprint({ main: [exporter.resources], before: [] }, 1);
  }
}

/** Characters of one ConfigMap: plain `kubectl apply` writes it into an annotation, which takes 256 KiB. */
const ROOM = 192 * 1024;

/** One for some 400 tenants of eight queues; more where there are more. */
function tenantLists(scope: Construct, own: Labels, files: ReadonlyMap<string, string>): ApiObject[] {
  const parts: Record<string, string>[] = [{}];
  let size = 0;
  for (const [file, text] of files) {
    size += file.length + text.length;
    if (size > ROOM) {
      parts.push({});
      size = file.length + text.length;
    }
    Object.assign(parts[parts.length - 1] as object, { [file]: text });
  }
  return parts.map((data, index) => {
    const name = index === 0 ? TENANTS : `${TENANTS}-${index + 1}`;
    return kubeObject(scope, name, k8s.KubeConfigMap, {
      metadata: { name, labels: own, annotations: { [ANNOTATION.live]: 'true' } },
      ...(Object.keys(data).length > 0 && { data }),
    });
  });
}

/** Who may come in is said by the policy of metrics, and by those of Redis at the other end. */
const egress = (scope: Construct, own: Labels, pods: Labels, { behind, port, sentinels }: Endpoint) =>
  networkPolicy(scope, {
    name: NAME,
    labels: own,
    pods,
    egress: [{ behind, port }, ...(sentinels ? [sentinels] : [])].map((end) => ({
      to: peersOf(end.behind),
      ports: tcp(end.port),
    })),
  });

function pod(props: QueuesExporterProps, own: Labels, lists: readonly ApiObject[]): k8s.PodTemplateSpec {
  const { environment, endpoint, login } = props;
  const foreign = strategyOf(environment).ownedElsewhere || props.certificatesElsewhere;
  return podTemplate({
    ...(!environment.assignedUsers && { user: USER }),
    labels: { ...own, ...brokerOf(props.broker) },
    annotations: {
      ...(foreign && { [ANNOTATION.secret]: 'existing' }),
      ...scraped(environment, METRICS_PORT.queues),
    },
    images: imagesOf(environment),
    grace: GRACE,
    movesAfter: MOVES_AFTER,
    containers: [container(props)],
    volumes: [
      { name: 'program', configMap: { name: PROGRAM } },
      {
        name: 'tenants',
        projected: { sources: lists.map(({ name }) => ({ configMap: { name } })) },
      },
      {
        name: 'password',
        secret: {
          secretName: login.secret,
          items: [{ key: login.user, path: login.user }],
          defaultMode: 0o440,
        },
      },
      ...(withFiles(endpoint.tls) ? [certificates(endpoint.tls)] : []),
    ],
  });
}

type FilesTls = Extract<ClientTls, { readonly secret: string }>;

const withFiles = (tls: ClientTls | undefined): tls is FilesTls => tls !== undefined && 'secret' in tls;

const certificates = ({ secret: secretName, mode }: FilesTls): k8s.Volume => ({
  name: 'tls',
  secret: { secretName, items: CERTIFICATES[mode].map((key) => ({ key, path: key })), defaultMode: 0o440 },
});

function container({ exporter, endpoint, login }: QueuesExporterProps): ContainerProps {
  return {
    name: NAME,
    image: exporter.image,
    command: ['python3', `${FOLDERS.program}/queues.py`],
    resources: exporter.resources,
    port: { name: METRICS, number: METRICS_PORT.queues },
    env: Object.entries(variables(endpoint, login)).map(([name, value]) => ({ name, value })),
    mounts: [
      readOnly('program', FOLDERS.program),
      readOnly('tenants', FOLDERS.tenants),
      readOnly('password', FOLDERS.password),
      ...(withFiles(endpoint.tls) ? [readOnly('tls', CLIENT_TLS_DIR)] : []),
    ],
    probes: PROBES,
  };
}

const variables = (
  endpoint: Endpoint,
  { user }: QueuesExporterProps['login'],
): Readonly<Record<string, string>> => ({
  QUEUES_PORT: String(METRICS_PORT.queues),
  QUEUES_TENANTS: FOLDERS.tenants,
  REDIS_USER: user,
  REDIS_PASSWORD_FILE: `${FOLDERS.password}/${user}`,
  ...(endpoint.sentinels ? electorate(endpoint.sentinels) : { REDIS: hostAndPort(endpoint) }),
  ...(endpoint.tls && { REDIS_TLS: endpoint.tls.mode }),
  ...(withFiles(endpoint.tls) && { REDIS_TLS_FOLDER: CLIENT_TLS_DIR }),
});

const electorate = ({ primary, hosts, port: number }: Sentinels) => ({
  REDIS_SENTINELS: hosts.map((host) => hostAndPort({ host, port: number })).join(' '),
  REDIS_PRIMARY: primary,
});

const port = k8s.IntOrString.fromString(METRICS);

/** Ready with a list of tenants that it can read, whether Redis answers or not: that is a metric. */
const PROBES: NonNullable<ContainerProps['probes']> = {
  startupProbe: { tcpSocket: { port }, periodSeconds: 1, failureThreshold: 60 },
  readinessProbe: { httpGet: { path: '/ready', port }, periodSeconds: 10, timeoutSeconds: 3 },
  livenessProbe: { tcpSocket: { port }, periodSeconds: 20, timeoutSeconds: 3, failureThreshold: 3 },
};
