import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nextLoopbackAddress } from '../loopback-address.ts';
import { BrokerProcess, freePort } from './broker-process.ts';
import { makePeerFolder, removePeerFolder, writePeerCertificate } from './peer-folder.ts';
import type { CertifiesPeer, TestPeer } from './test-peer.ts';

const PROGRAM = '/usr/sbin/nats-server';

export interface NatsPeerOptions {
  readonly certify?: CertifiesPeer;
  /** Lines of the server's configuration file: users, limits. */
  readonly configuration?: string;
}

export const hasNats = existsSync(PROGRAM);

/** Debian's nats-server with JetStream. With a certificate it speaks TLS only. */
export async function startNats({ certify, configuration = '' }: NatsPeerOptions = {}): Promise<TestPeer> {
  const folder = await makePeerFolder('nats');
  const address = nextLoopbackAddress();
  const port = await freePort(address);
  const files = certify === undefined ? undefined : await writePeerCertificate(folder, await certify(address));
  const file = join(folder, 'nats.conf');
  const lines = [
    `listen: "${address}:${port}"`,
    // Everything is on disk before it is acknowledged, or a killed server would prove nothing.
    `jetstream { store_dir: "${join(folder, 'jetstream')}", max_mem: 64M, max_file: 256M }`,
    ...(files === undefined ? [] : [`tls { cert_file: "${files.certificate}", key_file: "${files.privateKey}" }`]),
    configuration,
  ];
  await writeFile(file, lines.join('\n'));
  const run = () => BrokerProcess.start({ program: PROGRAM, args: ['-c', file], address, port });
  let broker = await run();
  return {
    ...{ address, port, tlsPort: files === undefined ? 0 : port },
    kill: () => broker.stop('SIGKILL'),
    start: async () => {
      broker = await run();
    },
    close: async () => {
      await broker.stop('SIGKILL');
      await removePeerFolder(folder);
    },
  };
}
