import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type BenchCase, telemetryBody } from './cases.ts';
import { BenchFailure } from './child.ts';
import type { RunningServer } from './contestants.ts';

/** What one run of the generator saw. Times in seconds unless named otherwise. */
export interface GeneratorReport {
  readonly seconds: number;
  readonly acked: number;
  readonly accepted: number;
  readonly serverCpuSeconds: number;
  readonly generatorCpuSeconds: number;
  readonly latencyMs?: Readonly<Record<'p50' | 'p90' | 'p99' | 'p999' | 'max', number>>;
  /** How late the generator itself was at most, in sending what was due. */
  readonly generatorLagMaxMs?: number;
}

/** The generator as compiled here, or the slower one in Node where no compiler or no OpenSSL headers are installed. */
export interface Generator {
  readonly command: readonly [string, ...string[]];
  readonly description: string;
  /** The sink in C; absent with the generator in Node. */
  readonly sink?: string;
}

const SOURCES = new URL('./native/', import.meta.url).pathname;

export function buildGenerator(folder: string): Generator {
  try {
    for (const name of ['load', 'sink']) compile(join(SOURCES, `${name}.c`), join(folder, name));
    const compiler = execFileSync('cc', ['--version'], { encoding: 'utf8' }).split('\n')[0];
    return { command: [join(folder, 'load')], sink: join(folder, 'sink'), description: `C, one thread, ${compiler}` };
  } catch (error) {
    console.error(
      'The generator in C cannot be compiled here (install a C compiler and OpenSSL headers: gcc, libssl-dev).',
    );
    console.error(`  ${String((error as { stderr?: unknown }).stderr ?? error).split('\n')[0]}`);
    console.error(
      'Going on with the generator in Node. It takes more of the shared cores, so all rates are lower bounds.',
    );
    return nodeGenerator();
  }
}

export function nodeGenerator(): Generator {
  const script = new URL('./node-load.ts', import.meta.url).pathname;
  return {
    command: [process.execPath, '--import', 'tsx', script],
    description: 'Node, one process (no ceiling measured)',
  };
}

function compile(source: string, program: string): void {
  const flags = ['-O2', '-Wall', '-Wextra', '-o', program, source, '-lssl', '-lcrypto'];
  execFileSync('cc', flags, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface Span {
  readonly seconds: number;
  readonly warmupSeconds: number;
}

const GRACE_SECONDS = 90;

/**
 * Runs one measurement. `whileOpen` is called, for an idle case, when all connections are open; they are closed after it.
 *
 * @throws BenchFailure with the generator's own words
 */
export async function runGenerator(
  generator: Generator,
  benchCase: BenchCase,
  server: RunningServer,
  span: Span,
  whileOpen: () => Promise<void> = async () => {},
): Promise<GeneratorReport> {
  const [program, ...first] = generator.command;
  const child = spawn(program, [...first, ...generatorArgs(benchCase, server, span)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const giveUp = setTimeout(() => child.kill('SIGKILL'), (span.seconds + span.warmupSeconds + GRACE_SECONDS) * 1000);
  const complaint = text(child.stderr);
  const ended = once(child, 'exit');
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (!line.startsWith('{"open"')) continue;
    await whileOpen();
    child.stdin.end();
  }
  const [code] = (await ended) as [number | null];
  clearTimeout(giveUp);
  if (code !== 0) throw new BenchFailure((await complaint).trim() || `the generator ended with ${code ?? 'a signal'}`);
  return JSON.parse(last) as GeneratorReport;
}

function generatorArgs(benchCase: BenchCase, server: RunningServer, span: Span): string[] {
  const args: Record<string, string | number> = {
    mode: benchCase.mode,
    host: server.host,
    port: server.port,
    devices: server.devicesFile,
    connections: benchCase.connections,
    window: benchCase.window,
    rate: benchCase.rate,
    seconds: benchCase.mode === 'idle' ? GRACE_SECONDS : span.seconds,
    warmup: span.warmupSeconds,
    body: telemetryBody(),
    'server-pid': server.pid,
  };
  const pairs = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return benchCase.tls ? [...pairs, '--tls'] : pairs;
}
