// Questions to the Prometheus in the cluster, asked from its own pod.

import { asked } from '../e2e/kubectl';

/** What Prometheus says at a path of its API. */
export async function prometheus<T>(path: string, query?: string): Promise<T> {
  const url = `http://127.0.0.1:9090/api/v1/${path}${query === undefined ? '' : `?query=${encodeURIComponent(query)}`}`;
  const code = `import urllib.request; print(urllib.request.urlopen(${JSON.stringify(url)}).read().decode())`;
  const text = await asked('exec', '-n', 'monitoring', 'deploy/prometheus', '--', 'python3', '-c', code);
  return (JSON.parse(text) as { readonly data: T }).data;
}

export type Labels = Readonly<Record<string, string>>;

/** Series of an instant query. */
export const series = async (query: string): Promise<readonly Labels[]> =>
  (await prometheus<{ readonly result: readonly { readonly metric: Labels }[] }>('query', query)).result.map(
    ({ metric }) => metric,
  );

/** How many series each query gives; all are asked in one go. */
export async function answers(queries: readonly string[]): Promise<readonly number[]> {
  const code = `import json, urllib.parse, urllib.request
def ask(query):
    url = "http://127.0.0.1:9090/api/v1/query?" + urllib.parse.urlencode({"query": query})
    return len(json.load(urllib.request.urlopen(url))["data"]["result"])
print(json.dumps([ask(query) for query in json.loads(${JSON.stringify(JSON.stringify(queries))})]))`;
  return JSON.parse(
    await asked('exec', '-n', 'monitoring', 'deploy/prometheus', '--', 'python3', '-c', code),
  ) as number[];
}

export interface Fired {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
}

export const firing = async (): Promise<readonly Fired[]> =>
  (await prometheus<{ readonly alerts: readonly Fired[] }>('alerts')).alerts.filter(
    ({ state }) => state === 'firing',
  );
