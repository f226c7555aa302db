/** What one sees who connects with certificates, or without. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from '../redis-server';
import type { Files } from './certificates';

/** Serial number of the certificate that a port of this machine shows to these files; why not, where it is refused. */
export const shownBy = (port: number, files: Files): Promise<string> =>
  new Promise((done) => {
    const { 'ca.crt': ca, 'tls.crt': cert, 'tls.key': key } = files;
    const socket = connect({ host: '127.0.0.1', port, ca, cert, key });
    socket.once('error', (error) => done(error.message));
    socket.once('secureConnect', () => {
      done(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
  });

/** What redis-cli's PING gets in plain text, by TLS without a certificate, and with those of each. */
export async function pinged(port: number, each: readonly Files[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pinged-'));
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const ca = ['--tls', '--cacert', at('ca.crt', each.map((files) => files['ca.crt']).join(''))];
  const shows = (files: Files, number: number): string[] => [
    ...ca,
    ...['--cert', at(`${number}.crt`, files['tls.crt']), '--key', at(`${number}.key`, files['tls.key'])],
  ];
  const answers: string[] = [];
  for (const args of [[], ca, ...each.map(shows)]) {
    const asked = spawn('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...args, 'ping']);
    answers.push((await finished(asked)).output.trim());
  }
  rmSync(folder, { recursive: true });
  return answers;
}
