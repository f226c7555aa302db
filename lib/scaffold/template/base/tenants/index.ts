// The list. `npx stalk new tenant <name>` adds a file beside this one, and a line here.

import type { Tenant } from '@stalk/stalk';
import { hello } from './hello';

export const tenants: readonly Tenant[] = [hello];
