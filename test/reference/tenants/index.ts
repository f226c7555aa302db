// The list: a new tenant is one file beside this one, and one line here.

import type { Tenant } from '../../../lib';
import { jewelryShop } from './jewelry-shop';
import { paless } from './paless';
import { redline } from './redline';
import { tenantA } from './tenant-a';
import { tenantB } from './tenant-b';
import { typesafe } from './typesafe';

export const tenants: readonly Tenant[] = [paless, tenantA, tenantB, typesafe, redline, jewelryShop];
