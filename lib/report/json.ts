// A report as JSON: for programs, with the verdict of the whole and the counts worked out.

import { checksOf, verdictCounts, reportHolds } from './report';
import type { Report } from './report';

export const reportJson = (report: Report): string =>
  `${JSON.stringify({ ...report, holds: reportHolds(report), counts: verdictCounts(checksOf(report)) }, null, 2)}\n`;
