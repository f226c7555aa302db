// What comes after what, as edges between objects: sync waves and Pulumi's order are read from them.

import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

export const apiObjectsOf = (construct: IConstruct): ApiObject[] =>
  construct.node.findAll().filter((node): node is ApiObject => ApiObject.isApiObject(node));

/** Few edges: cdk8s walks every path of the graph. */
export function after(later: readonly ApiObject[], earlier: readonly ApiObject[]): void {
  for (const object of later) if (earlier.length > 0) object.node.addDependency(...earlier);
}

/** Everything that waits for nothing else waits for its namespace. */
export function afterNamespace(chart: IConstruct, namespace: ApiObject): void {
  const first = apiObjectsOf(chart).filter((o) => o !== namespace && o.node.dependencies.length === 0);
  after(first, [namespace]);
}
