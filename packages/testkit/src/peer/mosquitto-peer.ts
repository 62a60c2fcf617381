import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nextLoopbackAddress } from '../loopback-address.ts';
import { BrokerProcess, freePort } from './broker-process.ts';
import { makePeerFolder, removePeerFolder, writePeerCertificate } from './peer-folder.ts';
import type { CertifiesPeer, TestPeer } from './test-peer.ts';

const PROGRAM = '/usr/sbin/mosquitto';

export interface MosquittoPeerOptions {
  readonly certify?: CertifiesPeer;
  /** Lines of mosquitto.conf. */
  readonly configuration?: string;
  /** Files in its folder, by name: `{folder}` in the configuration stands for it. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The broker, and the tools that read back. */
export const hasMosquitto = [PROGRAM, '/usr/bin/mosquitto_sub', '/usr/bin/mosquitto_pub'].every((path) =>
  existsSync(path),
);

/** Debian's mosquitto, which keeps its sessions on disk. */
export async function startMosquitto(options: MosquittoPeerOptions = {}): Promise<TestPeer> {
  const { certify, configuration = 'allow_anonymous true', files = {} } = options;
  const folder = await makePeerFolder('mosquitto');
  const address = nextLoopbackAddress();
  const [port, tlsPort] = [await freePort(address), await freePort(address)];
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const tls = certify === undefined ? undefined : await writePeerCertificate(folder, await certify(address));
  const lines = [
    // Otherwise, started by root, it becomes a user that cannot read what this one wrote.
    `user ${process.getuid?.() === 0 ? 'root' : ''}`.trim(),
    `persistence true\npersistence_location ${folder}/`,
    `listener ${port} ${address}`,
    ...(tls === undefined
      ? []
      : [`listener ${tlsPort} ${address}`, `certfile ${tls.certificate}`, `keyfile ${tls.privateKey}`]),
    configuration.replaceAll('{folder}', folder),
  ].filter((line) => line !== 'user');
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `${lines.join('\n')}\n`);
  const run = () => BrokerProcess.start({ program: PROGRAM, args: ['-c', file], address, port });
  let broker = await run();
  return {
    ...{ address, port, tlsPort: tls === undefined ? 0 : tlsPort },
    // It writes its sessions when asked to stop; nothing that it holds is durable before.
    kill: () => broker.stop('SIGTERM'),
    start: async () => {
      broker = await run();
    },
    close: async () => {
      await broker.stop('SIGKILL');
      await removePeerFolder(folder);
    },
  };
}
