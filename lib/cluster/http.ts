// Requests to the API server as plain JSON. The official client's typed calls rename fields (`_from` of a
// NetworkPolicy) and turn dates into objects, which would differ from every manifest; its credentials are used as they are.

import { request as overTcp } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { request as overTls } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { refused, unreachable, withoutCredentials } from './errors';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: object;
  /** How long the answer may take, where that is less than usual. */
  readonly seconds?: number;
  /** Statuses that are an answer besides 2xx. */
  readonly fine?: readonly number[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export type Send = (request: ApiRequest) => Promise<ApiAnswer>;

/** Seconds; a healthy API server lists a namespace in one. */
const PATIENCE = 20;

export function sender(config: KubeConfig, context: string, server: string): Send {
  return async ({ method, path, body, seconds = PATIENCE, fine = [] }) => {
    const options: RequestOptions = {};
    const url = new URL(server.replace(/\/$/, '') + path);
    let answer: ApiAnswer;
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw withoutCredentials(context, error);
    }
    try {
      answer = await roundTrip(
        url,
        { ...options, method, signal: AbortSignal.timeout(seconds * 1000) },
        body,
      );
    } catch (error) {
      throw unreachable({ context, server }, error);
    }
    const good = (answer.status >= 200 && answer.status < 300) || fine.includes(answer.status);
    if (!good) throw refused({ context, server, method, path: url.pathname }, answer.status, answer.body);
    return answer;
  };
}

function roundTrip(url: URL, options: RequestOptions, body: object | undefined): Promise<ApiAnswer> {
  const send = url.protocol === 'http:' ? overTcp : overTls;
  const { headers, ...rest } = options as { readonly headers?: OutgoingHttpHeaders };
  const json = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = send(url, {
      ...rest,
      headers: {
        ...headers,
        accept: 'application/json',
        // Its length too: Node would send that of a DELETE without, and the server take it for none
        ...(json !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(json),
        }),
      },
    });
    call.on('error', (error) => reject(error.name === 'AbortError' ? TIMEOUT : error));
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: Number(response.statusCode), body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.end(json);
  });
}

const TIMEOUT = Object.assign(new Error('no answer in time'), { code: 'TIMEOUT' });
