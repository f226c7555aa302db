// What an environment has once to be watched: what is scraped, rules, inhibitions, dashboards.

import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { stringify } from 'yaml';
import { kubeObject, labels, PlainObject } from '../kube';
import type { ResolvedEnvironment, ResolvedMonitoring } from '../spec';
import { DASHBOARDS, grafanaOf } from './dashboards';
import { INHIBITIONS } from './inhibitions';
import { ruleGroups } from './rules';
import { podMonitorSpec, scrapeConfig } from './targets';

const OWN = labels({ component: 'platform', instance: 'monitoring', owner: 'stalk' });

const API = 'monitoring.coreos.com/v1';

export interface MonitoringProps {
  readonly name: string;
  readonly monitoring: ResolvedMonitoring;
}

/** Of an environment that is watched. */
export const watchedOf = ({ name, monitoring }: ResolvedEnvironment): MonitoringProps | undefined =>
  monitoring && { name, monitoring };

export class MonitoringObjects extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { monitoring } = props;
    if (monitoring.kind === 'operator') this.forOperator(props, { ...monitoring.labels, ...OWN });
    else this.config('stalk-prometheus', monitoring, rulesAndJob(props));
    this.config('stalk-alertmanager', monitoring, {
      'inhibit_rules.yaml': text({ inhibit_rules: INHIBITIONS }),
    });
    for (const dashboard of DASHBOARDS)
      this.config(
        `${dashboard.uid}-dashboard`,
        monitoring,
        { [`${dashboard.uid}.json`]: JSON.stringify(grafanaOf(dashboard), null, 2) },
        monitoring.dashboards.labels,
      );
  }

  /** One of each, whatever the number of tenants: each PodMonitor is one more watch of pods, each rule one more question. */
  private forOperator(props: MonitoringProps, own: Readonly<Record<string, string>>): void {
    const metadata = { name: 'stalk', namespace: props.monitoring.namespace, labels: own };
    const object = (kind: string, spec: object) =>
      new PlainObject(this, kind, { apiVersion: API, kind, metadata, spec });
    object('PodMonitor', podMonitorSpec(props.name));
    object('PrometheusRule', { groups: ruleGroups(props) });
  }

  private config(
    name: string,
    { namespace }: ResolvedMonitoring,
    data: Readonly<Record<string, string>>,
    more: Readonly<Record<string, string>> = {},
  ): void {
    kubeObject(this, name, k8s.KubeConfigMap, {
      metadata: { name, namespace, labels: { ...more, ...OWN } },
      data: { ...data },
    });
  }
}

const rulesAndJob = (props: MonitoringProps) => ({
  'rules.yaml': text({ groups: ruleGroups(props) }),
  'scrape.yaml': text(scrapeConfig(props.name)),
});

/** Each thing where it stands, and each expression on its line. */
const text = (content: object): string => stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
