import { setTimeout as after } from 'node:timers/promises';
import type { BenchCase } from './cases.ts';
import type { RunningServer } from './contestants.ts';
import { type Generator, type GeneratorReport, runGenerator, type Span } from './generator.ts';
import { residentBytes } from './process-tree.ts';

/** Figures of one repetition; which are present follows from the case's mode. */
export interface Sample {
  /** Acknowledged messages a second, or accepted connections a second. */
  readonly rate?: number;
  /** Server CPU seconds per million messages, or microseconds per accepted connection: the same number. */
  readonly cpuPerMillion?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly residentKbPerConnection?: number;
  /** Share of one core the generator used: near 1 it may have been the limit. */
  readonly generatorShare?: number;
  readonly raw: GeneratorReport;
}

const SETTLE_MS = 3_000;
const WARM_CONNECTIONS = 200;

/** Measures one case against one running server, once. @throws BenchFailure */
export async function measure(
  generator: Generator,
  benchCase: BenchCase,
  server: RunningServer,
  span: Span,
): Promise<Sample> {
  if (benchCase.mode === 'idle') return measureIdle(generator, benchCase, server, span);
  const raw = await runGenerator(generator, benchCase, server, span);
  const done = benchCase.mode === 'connect' ? raw.accepted : raw.acked;
  const { p50, p99 } = raw.latencyMs ?? {};
  return {
    rate: done / raw.seconds,
    cpuPerMillion: (raw.serverCpuSeconds / done) * 1e6,
    generatorShare: raw.generatorCpuSeconds / raw.seconds,
    ...(p50 === undefined ? {} : { p50Ms: p50 }),
    ...(p99 === undefined ? {} : { p99Ms: p99 }),
    raw,
  };
}

/** Some connections come and go first, so that code and one-time buffers are not counted as belonging to a connection. */
async function measureIdle(generator: Generator, benchCase: BenchCase, server: RunningServer, span: Span) {
  await runGenerator(generator, { ...benchCase, connections: WARM_CONNECTIONS }, server, span);
  await after(SETTLE_MS);
  const before = residentBytes(server.pid);
  let open = before;
  const raw = await runGenerator(generator, benchCase, server, span, async () => {
    await after(SETTLE_MS);
    open = residentBytes(server.pid);
  });
  return { residentKbPerConnection: (open - before) / 1024 / benchCase.connections, raw };
}

/** Of an odd count the middle one, of an even count the mean of the middle two; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
