import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { reachedBy } from './reached-by.ts';

describe('reachedBy', () => {
  it('is the address that a connection came to, as people write it', async () => {
    const server = createServer().listen(0, '::');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.9');
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(reachedBy(socket)).toBe('127.0.0.9');
    client.destroy();
    server.close();
  });

  it('is not known of a stream that is no socket', () => {
    expect(reachedBy(new PassThrough())).toBeNull();
  });
});
