// Labels and annotations that an author wants on every object of a tenant.

import type { Construct } from 'constructs';
import type { ResolvedTenant } from '../spec';
import { apiObjectsOf } from './order';

/**
 * On the objects alone, never on their pods, selectors or claim templates: a change restarts nothing, runs no Job again, and
 * meets no field that cannot change.
 */
export function stamp(scope: Construct, { labels, annotations }: ResolvedTenant): void {
  for (const { metadata } of apiObjectsOf(scope)) {
    for (const [key, value] of Object.entries(labels)) metadata.addLabel(key, value);
    for (const [key, value] of Object.entries(annotations)) metadata.addAnnotation(key, value);
  }
}
