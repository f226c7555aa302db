// A report as JSON: for programs, with the verdict of the whole and the counts worked out.

import { checksOf, countsOf, holds } from './report';
import type { Report } from './report';

export const json = (report: Report): string =>
  `${JSON.stringify({ ...report, holds: holds(report), counts: countsOf(checksOf(report)) }, null, 2)}\n`;
