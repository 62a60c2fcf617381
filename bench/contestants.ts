import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchFiles } from './bench-files.ts';
import type { BenchCase } from './cases.ts';
import { accepts, ServerProcess } from './child.ts';

/** A server that is up, and how a generator reaches it. */
export interface RunningServer {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly devicesFile: string;
  close(): Promise<void>;
}

/** Who takes part. A contestant is started afresh for every measurement, in a folder of its own. */
export interface Contestant {
  readonly name: string;
  /** Whether an acknowledged message is on disk. */
  readonly durable: boolean;
  /** `floor`: no broker but what the machine and the generator can do at most. */
  readonly kind: 'floor' | 'peer' | 'viaduct';
  takesPart(benchCase: BenchCase): boolean;
  start(benchCase: BenchCase, folder: string): Promise<RunningServer>;
}

export const PLAIN_PORT = 1883;
export const TLS_PORT = 8883;

const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find(existsSync);

/** mosquitto and aedes. What is not installed does not take part. */
export function peers(files: BenchFiles): Contestant[] {
  const all = (): boolean => true;
  const aedes: Contestant = {
    name: 'aedes',
    durable: false,
    kind: 'peer',
    takesPart: all,
    start: async (benchCase, folder) => startAedes(benchCase, folder, files),
  };
  if (MOSQUITTO === undefined) return [aedes];
  const start: Contestant['start'] = async (benchCase, folder) => startMosquitto(MOSQUITTO, benchCase, folder, files);
  return [{ ...aedes, name: 'mosquitto', start }, aedes];
}

/** The sinks in C: acknowledge only, and the same with a group commit. They keep no sessions, so idling says nothing. */
export function floors(program: string, files: BenchFiles): Contestant[] {
  return [floor('C sink (ceiling)', '127.77.0.40', false), floor('C sink + fdatasync', '127.77.0.50', true)];

  function floor(name: string, host: string, durable: boolean): Contestant {
    return {
      name,
      durable,
      kind: 'floor',
      takesPart: ({ mode }) => mode !== 'idle' && !(durable && mode === 'connect'),
      start: async ({ tls }, folder) => {
        const port = tls ? TLS_PORT : PLAIN_PORT;
        const args = [host, String(port), ...(tls ? [files.certFile, files.keyFile] : [])];
        const env = durable ? { SINK_LOG: join(folder, 'sink.data') } : {};
        return listening(new ServerProcess(program, args, join(folder, 'server.log'), env), host, port, files);
      },
    };
  }
}

/** Debian's mosquitto by its defaults. `user root`: it could not read the bench's key file after giving up its rights. */
async function startMosquitto(program: string, benchCase: BenchCase, folder: string, files: BenchFiles) {
  const host = '127.77.0.20';
  const port = benchCase.tls ? TLS_PORT : PLAIN_PORT;
  const config = [
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `listener ${port} ${host}`,
    ...(benchCase.tls ? [`certfile ${files.certFile}`, `keyfile ${files.keyFile}`, 'tls_version tlsv1.3'] : []),
    'allow_anonymous true',
  ];
  const configFile = join(folder, 'mosquitto.conf');
  writeFileSync(configFile, `${config.join('\n')}\n`);
  return listening(new ServerProcess(program, ['-c', configFile], join(folder, 'server.log')), host, port, files);
}

async function startAedes(benchCase: BenchCase, folder: string, files: BenchFiles) {
  const host = '127.77.0.30';
  const script = new URL('./aedes-server.mjs', import.meta.url).pathname;
  const args = [script, host, String(PLAIN_PORT), String(TLS_PORT), files.certFile, files.keyFile];
  const server = new ServerProcess(process.execPath, args, join(folder, 'server.log'));
  return listening(server, host, benchCase.tls ? TLS_PORT : PLAIN_PORT, files);
}

async function listening(
  server: ServerProcess,
  host: string,
  port: number,
  { devicesFile }: BenchFiles,
): Promise<RunningServer> {
  await server.until(`it listened on ${host}:${port}`, async () => accepts(host, port));
  return { pid: server.pid, host, port, devicesFile, close: async () => server.close() };
}
