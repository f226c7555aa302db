/** Sends a rendered HTTP probe as the kubelet does: to the pod's IP, with the probe's headers. */
import { get } from 'node:http';
import type { Json } from '../../support/synth';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Where a redirect leads: the kubelet goes along to the pod's IP, and takes another host for a success. */
  readonly location?: string;
}

/** Rejects where nobody listens. */
export function answerTo({ path, httpHeaders = [] }: Json, port: number): Promise<Answer> {
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }: Json) => [name, value]));
  return new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (more: string) => (text += more));
      answer.once('end', () => {
        const { statusCode: status = 0, headers: got } = answer;
        done({ status, text, ...(got.location !== undefined && { location: got.location }) });
      });
    }).once('error', failed);
  });
}
