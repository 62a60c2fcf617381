import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBenchFiles } from './bench-files.ts';
import { type BenchCase, CASES, telemetryBody } from './cases.ts';
import { type Contestant, peers, type RunningServer } from './contestants.ts';
import { buildGenerator, nodeGenerator } from './generator.ts';
import { measure, median } from './measurement.ts';
import { Results } from './results.ts';
import { distance, type Target } from './targets.ts';

const raw = { seconds: 1, acked: 1, accepted: 0, serverCpuSeconds: 0, generatorCpuSeconds: 0 };

describe('Results', () => {
  it('shows the median of the repetitions, and ratios of medians', () => {
    const results = new Results(['ours', 'mosquitto']);
    for (const rate of [10, 900, 30]) results.cell('A', 'ours').samples.push({ rate, raw });
    results.cell('A', 'mosquitto').samples.push({ rate: 15, raw });

    expect(results.median('A', 'ours', 'rate')).toBe(30);
    expect(results.ratio('A', 'ours', 'mosquitto', 'rate')).toBe(2);
  });

  it('has no median of a case in which one repetition failed', () => {
    const results = new Results(['ours']);
    results.cell('A', 'ours').samples.push({ rate: 10, raw });
    results.cell('A', 'ours').failures.push('connection lost');

    expect(results.median('A', 'ours', 'rate')).toBeUndefined();
    expect(results.failures()).toEqual(['A/ours: connection lost']);
  });

  it('takes the mean of the middle two of an even count', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeUndefined();
  });
});

describe('distance', () => {
  const faster: Target = { promise: 'rate', unit: 'x', kind: 'atLeast', figure: () => undefined };
  const smaller: Target = { promise: 'memory', unit: 'KB', kind: 'atMost', figure: () => undefined };

  it('says by which factor a bound is missed, whichever way it points', () => {
    expect(distance(faster, 2, 1)).toContain('missed, 2.00x away');
    expect(distance(smaller, 50, 75)).toContain('missed, 1.50x away');
  });

  it('counts the bound itself as met, and what was not measured as neither', () => {
    expect(distance(faster, 2, 2)).toContain('met');
    expect(distance(smaller, 50, undefined)).toContain('not measured');
  });
});

describe('telemetryBody', () => {
  it('is JSON of 150 bytes', () => {
    expect(Buffer.byteLength(telemetryBody())).toBe(150);
    expect(() => JSON.parse(telemetryBody())).not.toThrow();
  });
});

describe.each([
  ['compiled where a compiler is', buildGenerator],
  ['in Node', nodeGenerator],
])('the generator, %s', (_, makeGenerator) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
  const generator = makeGenerator(folder);
  const span = { seconds: 0.3, warmupSeconds: 0.1 };
  let server: RunningServer;

  beforeAll(async () => {
    const aedes = peers(makeBenchFiles(folder)).find(({ name }) => name === 'aedes') as Contestant;
    server = await aedes.start(small('C'), folder);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('counts what a broker acknowledged over TLS, and what that cost the broker', async () => {
    const sample = await measure(generator, small('C'), server, span);
    expect(sample.raw.acked).toBeGreaterThan(0);
    expect(sample.rate).toBeCloseTo(sample.raw.acked / sample.raw.seconds);
    expect(sample.cpuPerMillion).toBeGreaterThan(0);
  });

  it('keeps the rate of an open loop, and measures from the scheduled send', async () => {
    const sample = await measure(generator, { ...small('latency-tls'), rate: 200 }, server, span);
    expect(sample.raw.acked).toBeGreaterThanOrEqual(55);
    expect(sample.p50Ms).toBeGreaterThan(0);
    expect(sample.p99Ms).toBeGreaterThanOrEqual(sample.p50Ms ?? Number.POSITIVE_INFINITY);
  });

  it('fails in words when nobody listens', async () => {
    const nobody = measure(generator, small('C'), { ...server, port: 9 }, span);
    await expect(nobody).rejects.toThrow(/refused/i);
  });
});

/** A case of few connections, for a machine that has others to serve. */
function small(id: string): BenchCase {
  return { ...(CASES.find((one) => one.id === id) as BenchCase), connections: 10 };
}
