import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeConfig } from '@kubernetes/client-node';
import { sender } from '../../lib/cluster/http';

describe('a request to the API server', () => {
  it.each(['POST', 'DELETE'] as const)('brings its body with %s', async (method) => {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => heard.push(text));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { applyToHTTPSOptions: () => Promise.resolve() } as unknown as KubeConfig;

    await sender(config, 'test', url)({ method, path: '/', body: { propagationPolicy: 'Background' } });
    server.close();

    expect(heard).toEqual(['{"propagationPolicy":"Background"}']);
  });
});
