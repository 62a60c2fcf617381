import { CASES } from './cases.ts';
import type { Contestant } from './contestants.ts';
import type { MachineFacts } from './machine.ts';
import type { Results } from './results.ts';
import { distance, TARGETS } from './targets.ts';

export interface Run {
  readonly startedAt: string;
  readonly repetitions: number;
  readonly secondsEach: number;
  readonly generator: string;
  readonly machine: MachineFacts;
}

const NOTHING = '–';
const BASE = 'mosquitto';
const SATURATED_SHARE = 0.95;

/** The whole run as Markdown. Ratios in brackets are against mosquitto in the same run. */
export function formatReport(run: Run, contestants: readonly Contestant[], results: Results): string {
  return [
    heading(run),
    ceiling(results),
    '### QoS 1 ingest: acknowledged messages a second (ratio to mosquitto) · server CPU seconds per million\n',
    ingestTable(contestants, results),
    '### Connections: TLS 1.3 with an ECDSA P-256 certificate\n',
    connectionTable(contestants, results),
    '### Latency at 5,000 messages/s over 1,000 connections, from the scheduled send: p50 / p99 ms · CPU seconds per million\n',
    latencyTable(contestants, results),
    '### Targets\n',
    targetTable(contestants, results),
    ...failureList(results),
  ].join('\n');
}

function heading({ machine, ...run }: Run): string {
  return [
    `## Bench of ${run.startedAt}: median of ${run.repetitions}, ${run.secondsEach} s each, interleaved\n`,
    `- ${machine.cpu}, ${machine.cores} cores shared with the generator, ${machine.memoryGib} GiB, kernel ${machine.kernel}, Node ${machine.node}`,
    `- mosquitto ${machine.mosquitto} · aedes ${machine.aedes} · ${machine.opensslOfGenerator}`,
    `- data on ${machine.fileSystem}, one 4 KiB append and fdatasync p50 ${machine.fdatasyncP50Ms} ms`,
    `- generator: ${run.generator}`,
  ].join('\n');
}

/** The ceiling is part of the answer: where a server comes near it, the generator was measured and not the server. */
function ceiling(results: Results): string {
  const reached = CASES.filter(({ mode }) => mode === 'ingest').map(({ id }) => {
    const rate = results.median(id, 'C sink (ceiling)', 'rate');
    return `${id} ${rate === undefined ? NOTHING : thousands(rate)}`;
  });
  const connects = results.median('connect', 'C sink (ceiling)', 'rate');
  const rest = connects === undefined ? NOTHING : `${Math.round(connects)}/s`;
  return `- generator ceiling (against a sink in C that only acknowledges): ${reached.join(', ')}; connects ${rest}. † = the generator used more than ${SATURATED_SHARE * 100} % of a core, so the rate is a lower bound\n`;
}

function ingestTable(contestants: readonly Contestant[], results: Results): string {
  const ids = CASES.filter(({ mode }) => mode === 'ingest').map(({ id }) => id);
  const rows = contestants.map(({ name, durable }) => [
    name,
    durable ? 'yes' : 'no',
    ...ids.flatMap((id) => [rate(results, id, name), number(results.median(id, name, 'cpuPerMillion'), 2)]),
  ]);
  return table(['server', 'durable', ...ids.flatMap((id) => [`${id} msg/s`, 'CPU-s/M'])], rows);
}

function connectionTable(contestants: readonly Contestant[], results: Results): string {
  const rows = contestants.map(({ name }) => [
    name,
    rate(results, 'connect', name),
    withRatio(
      number(results.median('connect', name, 'cpuPerMillion'), 0),
      results.ratio('connect', name, BASE, 'cpuPerMillion'),
    ),
    number(results.median('idle', name, 'residentKbPerConnection'), 1),
  ]);
  return table(['server', 'handshake + CONNECT a second', 'server us each', 'KB resident per idle connection'], rows);
}

function latencyTable(contestants: readonly Contestant[], results: Results): string {
  const rows = contestants.map(({ name }) => [
    name,
    ...['latency', 'latency-tls'].flatMap((id) => [
      latency(results, id, name),
      number(results.median(id, name, 'cpuPerMillion'), 1),
    ]),
  ]);
  return table(['server', 'plain', 'CPU-s/M', 'TLS', 'CPU-s/M'], rows);
}

function targetTable(contestants: readonly Contestant[], results: Results): string {
  const ours = contestants.filter(({ kind }) => kind === 'viaduct');
  if (ours.length === 0) return 'Viaduct did not take part.\n';
  const rows = TARGETS.flatMap((target) =>
    ours.map(({ name }) => {
      const value = target.figure(results, name);
      const reached = value === undefined ? NOTHING : `${number(value, 2)} ${target.unit}`;
      return [target.promise, name, reached, distance(target, target.now, value), distance(target, target.aim, value)];
    }),
  );
  return table(['promise', 'server', 'reached', 'target now', 'target to aim at'], rows);
}

function failureList(results: Results): string[] {
  const failures = results.failures();
  return failures.length === 0 ? [] : ['### Failures\n', ...failures.map((words) => `- ${words}`), ''];
}

function rate(results: Results, caseId: string, name: string): string {
  const value = results.median(caseId, name, 'rate');
  if (value === undefined) return results.failed(caseId, name) ? 'failed' : NOTHING;
  const saturated = (results.median(caseId, name, 'generatorShare') ?? 0) > SATURATED_SHARE;
  return withRatio(`${thousands(value)}${saturated ? '†' : ''}`, results.ratio(caseId, name, BASE, 'rate'));
}

function latency(results: Results, caseId: string, name: string): string {
  const [p50, p99] = [results.median(caseId, name, 'p50Ms'), results.median(caseId, name, 'p99Ms')];
  if (p50 === undefined || p99 === undefined) return results.failed(caseId, name) ? 'failed' : NOTHING;
  return `${p50.toFixed(2)} / ${p99.toFixed(2)}`;
}

function withRatio(words: string, ratio: number | undefined): string {
  return ratio === undefined ? words : `${words} (${ratio.toFixed(2)}x)`;
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? NOTHING : value.toFixed(digits);
}

function thousands(value: number): string {
  return value < 10_000 ? String(Math.round(value)) : `${Math.round(value / 1000).toLocaleString('en')} k`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
