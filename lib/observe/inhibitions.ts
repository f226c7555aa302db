// Which alert keeps quiet while another one says why.

/** As Alertmanager reads it. @see https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  /** Labels that have the same value in both. */
  readonly equal: readonly string[];
}

/** While `cause` fires, these do not notify; what the two have in common tells that it is the cause. */
interface Silence {
  readonly cause: string;
  readonly silences: readonly string[];
  readonly same: readonly string[];
}

const QUEUES = ['QueueTooDeep', 'QueueWaitsTooLong', 'QueueWithoutConsumer', 'TaskInHandTooLong'];
const TASKS = ['TasksFail', 'TasksFailSometimes', 'TasksStartLate', 'TasksStartLateSometimes'];
/** What all tenants of a broker suffer while it takes no writes. */
const OF_TENANTS = [...QUEUES, ...TASKS, 'WorkerDeaf', 'BeatSilent', 'BeatCannotSend'];

const SILENCES: readonly Silence[] = [
  {
    cause: 'BrokerDown',
    silences: [
      ...OF_TENANTS,
      'ReplicaCutOff',
      'SentinelQuorumAtRisk',
      'MetricsMissing',
      'ScalerFails',
      'BackupFailed',
    ],
    same: ['broker'],
  },
  {
    cause: 'BrokerWithoutPrimary',
    silences: [...OF_TENANTS, 'ReplicaCutOff', 'ReplicaBehind', 'BackupFailed'],
    same: ['broker'],
  },
  { cause: 'BrokerCannotPersist', silences: OF_TENANTS, same: ['broker'] },
  { cause: 'BrokerRefusesWrites', silences: [...OF_TENANTS, 'BrokerMemoryHigh'], same: ['broker'] },
  { cause: 'BrokerRejectsConnections', silences: ['BrokerConnectionsHigh'], same: ['broker'] },
  { cause: 'BackupTooOld', silences: ['BackupFailed', 'BackupUnverified'], same: ['broker'] },
  { cause: 'VolumeAlmostFull', silences: ['VolumeFillingUp'], same: ['namespace', 'persistentvolumeclaim'] },
  {
    cause: 'QueueWithoutConsumer',
    silences: ['QueueTooDeep', 'QueueWaitsTooLong'],
    same: ['tenant', 'queue'],
  },
  { cause: 'QueueWaitsTooLong', silences: ['TasksStartLate', 'TasksStartLateSometimes'], same: ['tenant'] },
  { cause: 'TasksFail', silences: ['TasksFailSometimes'], same: ['tenant'] },
  { cause: 'TasksStartLate', silences: ['TasksStartLateSometimes'], same: ['tenant'] },
];

export const INHIBITIONS: readonly Inhibition[] = SILENCES.map(({ cause, silences, same }) => ({
  source_matchers: [`alertname = "${cause}"`],
  target_matchers: [`alertname =~ "${silences.join('|')}"`],
  equal: ['environment', ...same],
}));
