// From what runs today to a tenant: files or a live namespace, as TypeScript with comments.

import type { Tenant } from '../spec';
import { findingsOf } from './findings';
import type { Inventory } from './facts';
import { composeInventory } from './read/compose';
import type { FileBeside } from './read/compose-service';
import { documentsOf } from './read/documents';
import type { SourceText } from './read/documents';
import { kubernetesInventory } from './read/kubernetes';
import { AdoptError } from './error';
import { sheetOf } from './tenant';
import { adoptedFile, adoptedSummary } from './text';

export { AdoptError } from './error';
export { liveInventory } from './read/live';
export type { SourceText } from './read/documents';
export type { Inventory } from './facts';

export interface Adopted {
  readonly tenant: Tenant;
  /** The file, as TypeScript. */
  readonly text: string;
  /** For a person at a terminal. */
  readonly summary: string;
}

export interface AdoptOptions {
  /** Name of the tenant, where somebody chose one. */
  readonly name?: string;
  /** Module that holds the contract. */
  readonly from: string;
  readonly sources: readonly string[];
}

/** `beside` reads `.env` files that a Compose file names. */
export function inventoryOf(texts: readonly SourceText[], beside: FileBeside): Inventory {
  const { objects, compose } = documentsOf(texts);
  return compose.length > 0 ? composeInventory(compose, beside) : kubernetesInventory(objects);
}

export function adopted(inventory: Inventory, { name, from, sources }: AdoptOptions): Adopted {
  if (inventory.pods.length === 0)
    throw new AdoptError([
      `${sources.join(', ')} must hold programs that run (a Deployment, a StatefulSet, a Job, a service), got none; name the files that have them`,
    ]);
  const sheet = sheetOf(inventory, name);
  const tenant = sheet.tenant as unknown as Tenant;
  const findings = findingsOf(tenant);
  return {
    tenant,
    text: adoptedFile(sheet, { findings, sources, from }),
    summary: adoptedSummary(sheet, findings),
  };
}
