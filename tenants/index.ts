// The list: a new tenant is one file beside this one, and one line here.

import type { Tenant } from '../lib';
import { hello } from './hello';

export const tenants: readonly Tenant[] = [hello];
