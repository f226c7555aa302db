// Writes a report in its three forms.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportHtml, reportJson, reportMarkdown } from '../report';
import type { Report } from '../report';
import { CannotRun } from './io';

/** `<folder>/<name>.md`, `.json` and `.html`. @returns their paths */
export function writeReport(folder: string, name: string, report: Report): readonly string[] {
  const forms = { md: reportMarkdown(report), json: reportJson(report), html: reportHtml(report) };
  try {
    mkdirSync(folder, { recursive: true });
    return Object.entries(forms).map(([ending, text]) => {
      const file = join(folder, `${name}.${ending}`);
      writeFileSync(file, text);
      return file;
    });
  } catch (error) {
    throw new CannotRun([`--out must be a folder that can be written, got ${(error as Error).message}`]);
  }
}
