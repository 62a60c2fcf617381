import { once } from 'node:events';
import type { Server } from 'node:http';
import S3rver from '@20minutes/s3rver';
import { nextLoopbackAddress } from '../loopback-address.ts';
import { freePort } from './broker-process.ts';
import { makePeerFolder, removePeerFolder } from './peer-folder.ts';
import type { CertifiesPeer, TestPeer } from './test-peer.ts';

/** The one account that the peer knows. */
export const S3_PEER_KEY = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export interface S3Peer extends TestPeer {
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** Names of the objects, in order. */
  keys(): Promise<string[]>;
  content(key: string): Promise<Buffer>;
}

/** s3rver, as its maintained fork: an S3 service that checks signatures and keeps objects in a folder. With `certify` it speaks TLS only. */
export async function startS3(bucket: string, certify?: CertifiesPeer): Promise<S3Peer> {
  const folder = await makePeerFolder('s3');
  const address = nextLoopbackAddress();
  const port = await freePort(address);
  const tls = await certify?.(address);
  const run = async () => {
    const service = new S3rver({
      ...{ address, port, directory: folder, silent: true, configureBuckets: [{ name: bucket }] },
      ...(tls === undefined ? {} : { cert: tls.certificate, key: tls.privateKey }),
    });
    await service.run();
    return service.httpServer;
  };
  let server = await run();
  const endpoint = `http${tls === undefined ? '' : 's'}://${address}:${port}`;
  // It lets everybody read who does not say who he is.
  const get = async (path: string) => Buffer.from(await (await fetch(`${endpoint}/${bucket}${path}`)).arrayBuffer());
  return {
    ...{ address, endpoint, port: tls === undefined ? port : 0, tlsPort: tls === undefined ? 0 : port },
    keys: async () =>
      [...(await get('?list-type=2')).toString().matchAll(/<Key>([^<]*)</g)].map(([, key]) => String(key)),
    content: (key) => get(`/${key}`),
    kill: () => end(server),
    start: async () => {
      server = await run();
    },
    close: async () => {
      if (server.listening) await end(server);
      await removePeerFolder(folder);
    },
  };
}

async function end(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
