import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paceRequests } from './pace-requests.ts';

describe('paceRequests', () => {
  let server: Server;
  let client: Socket;
  let answer = '';

  beforeEach(async () => {
    server = createServer((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => response.end(`got ${bytes}`));
      request.on('error', () => undefined);
    });
    server.on('clientError', () => undefined);
    paceRequests(server, { spanMs: 200, bytesPerSecondMin: 1_000 });
    await new Promise<void>((resolve) => server.listen(0, '127.44.7.1', resolve));
    answer = '';
    client = connect((server.address() as AddressInfo).port, '127.44.7.1');
    client.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    client.on('error', () => undefined);
  });
  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const head = (bytes: number) => `PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`;

  it('ends a request whose body stops coming, and says why', async () => {
    client.write(`${head(100_000)}some`);
    await new Promise((resolve) => client.once('close', resolve));
    expect(answer).toContain('408');
  });

  it('leaves a body alone that takes long and comes steadily', async () => {
    const pieces = 30;
    client.write(head(pieces * 100));
    let sent = 0;
    // 3,000 bytes in 0.9 s: several spans, each with more than its share.
    const timer = setInterval(() => {
      client.write('x'.repeat(100));
      if (++sent === pieces) clearInterval(timer);
    }, 30);
    await expect.poll(() => answer, { timeout: 5_000 }).toContain('got 3000');
  });

  it('does not time a request whose body is here, however long the answer takes', async () => {
    client.write(`${head(2)}ok`);
    await expect.poll(() => answer).toContain('got 2');
    expect(client.destroyed).toBe(false);
  });
});
