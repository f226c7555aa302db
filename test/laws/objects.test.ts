// Laws about each object for itself, and about what refers to what inside a leaf.

import { formLaws } from '../support/laws/form';
import { judge } from '../support/laws/judge';
import { wiringLaws } from '../support/laws/wiring';

judge([...formLaws, ...wiringLaws]);
