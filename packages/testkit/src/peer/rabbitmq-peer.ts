import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nextLoopbackAddress } from '../loopback-address.ts';
import { until } from '../until.ts';
import { BrokerProcess, freePort } from './broker-process.ts';
import { makePeerFolder, removePeerFolder, writePeerCertificate } from './peer-folder.ts';
import type { CertifiesPeer, TestPeer } from './test-peer.ts';

/** Not the one in /usr/sbin: that becomes another user, who cannot read what this one wrote. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const EPMD = '/usr/bin/epmd';

export interface RabbitMqPeerOptions {
  readonly certify?: CertifiesPeer;
  readonly user: string;
  readonly password: string;
  /** Durable queues and their arguments. */
  readonly queues: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const hasRabbitMq = existsSync(PROGRAM) && existsSync(EPMD);

/**
 * Debian's RabbitMQ with AMQP 1.0, alone in the world: its own Erlang name server, cookie, node name, folder and ports.
 * It takes about five seconds to start, so one serves all tests of a file.
 */
export async function startRabbitMq(options: RabbitMqPeerOptions): Promise<TestPeer> {
  const folder = await makePeerFolder('rabbitmq');
  const address = nextLoopbackAddress();
  const ports = {
    amqp: await freePort(address),
    tls: await freePort(address),
    epmd: await freePort(address),
    dist: await freePort(address),
  };
  await writeConfiguration(folder, address, ports, options);
  const epmd = await BrokerProcess.start({
    program: EPMD,
    args: ['-port', String(ports.epmd), '-address', address],
    address,
    port: ports.epmd,
  });
  const env = environment(folder, address, ports);
  const run = () => BrokerProcess.start({ program: PROGRAM, args: [], env, address, port: ports.amqp });
  let broker = await run();
  const kill = async () => {
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    // What was started is a shell that waits for Erlang's machine: this is the machine.
    process.kill(pid, 'SIGKILL');
    await broker.stop('SIGKILL');
    await until(() => !isRunning(pid), { what: 'RabbitMQ has ended' });
  };
  return {
    ...{ address, port: ports.amqp, tlsPort: options.certify === undefined ? 0 : ports.tls, kill },
    start: async () => {
      broker = await run();
    },
    close: async () => {
      await kill();
      await epmd.stop('SIGKILL');
      await removePeerFolder(folder);
    },
  };
}

interface Ports {
  readonly amqp: number;
  readonly tls: number;
  readonly epmd: number;
  readonly dist: number;
}

function environment(folder: string, address: string, ports: Ports): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    // Where Erlang makes its cookie.
    HOME: folder,
    ERL_EPMD_ADDRESS: address,
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: `viaduct${ports.amqp}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-kernel inet_dist_use_interface {${address.replaceAll('.', ',')}}`,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
  };
}

async function writeConfiguration(folder: string, address: string, ports: Ports, options: RabbitMqPeerOptions) {
  const { certify, user, password, queues } = options;
  const tls = certify === undefined ? undefined : await writePeerCertificate(folder, await certify(address));
  const lines = [
    `listeners.tcp.1 = ${address}:${ports.amqp}`,
    ...(tls === undefined
      ? []
      : [
          `listeners.ssl.1 = ${address}:${ports.tls}`,
          `ssl_options.certfile = ${tls.certificate}`,
          `ssl_options.keyfile = ${tls.privateKey}`,
        ]),
    'loopback_users = none',
    `load_definitions = ${join(folder, 'definitions.json')}`,
  ];
  const definitions = {
    vhosts: [{ name: '/' }],
    users: [{ name: user, password, tags: '' }],
    permissions: [{ user, vhost: '/', configure: '', write: '.*', read: '.*' }],
    queues: Object.entries(queues).map(([name, args]) => ({
      ...{ name, vhost: '/', durable: true, auto_delete: false, arguments: args },
    })),
  };
  await writeFile(join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_amqp1_0].\n');
  await writeFile(join(folder, 'definitions.json'), JSON.stringify(definitions));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is no such process: what is asked.
    return false;
  }
}
