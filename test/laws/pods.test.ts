// Laws about pods: what they may do, what they may take.

import { judge } from '../support/laws/judge';
import { resourceLaws } from '../support/laws/resources';
import { securityLaws } from '../support/laws/security';

judge([...securityLaws, ...resourceLaws]);
