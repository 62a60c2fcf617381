import type { Results } from './results.ts';

/** A promise about a figure: the bound now, the bound aimed at, and how the figure comes out of a run. */
export interface Target {
  readonly promise: string;
  readonly unit: string;
  /** `atLeast` for rates, `atMost` for costs. */
  readonly kind: 'atLeast' | 'atMost';
  readonly now?: number;
  readonly aim?: number;
  figure(results: Results, contestant: string): number | undefined;
}

const DURABLE_FLOOR = 'C sink + fdatasync';

export const TARGETS: readonly Target[] = [
  rateTarget('A', 2, 5),
  rateTarget('B', undefined, 1),
  rateTarget('C', undefined, 4),
  rateTarget('D', 0.6, 1),
  { promise: 'p99 at 5,000 msg/s, plain', unit: 'ms', kind: 'atMost', now: 10, figure: p99('latency') },
  { promise: 'p99 at 5,000 msg/s, TLS', unit: 'ms', kind: 'atMost', now: 10, figure: p99('latency-tls') },
  {
    promise: `p99 at 5,000 msg/s, plain, against ${DURABLE_FLOOR}`,
    unit: 'x',
    kind: 'atMost',
    aim: 1.5,
    figure: (results, contestant) => results.ratio('latency', contestant, DURABLE_FLOOR, 'p99Ms'),
  },
  {
    promise: 'server CPU per TLS handshake + CONNECT, against mosquitto',
    unit: 'x',
    kind: 'atMost',
    aim: 1.3,
    figure: (results, contestant) => results.ratio('connect', contestant, 'mosquitto', 'cpuPerMillion'),
  },
  {
    promise: 'resident memory per idle TLS device',
    unit: 'KB',
    kind: 'atMost',
    now: 50,
    aim: 40,
    figure: (results, contestant) => results.median('idle', contestant, 'residentKbPerConnection'),
  },
];

function rateTarget(caseId: string, now: number | undefined, aim: number): Target {
  return {
    promise: `${caseId}: durable ingest against mosquitto's non-durable`,
    unit: 'x',
    kind: 'atLeast',
    ...(now === undefined ? {} : { now }),
    aim,
    figure: (results, contestant) => results.ratio(caseId, contestant, 'mosquitto', 'rate'),
  };
}

function p99(caseId: string): Target['figure'] {
  return (results, contestant) => results.median(caseId, contestant, 'p99Ms');
}

/** Says whether a figure keeps a bound, and if not, how much of it is missing. */
export function distance(target: Target, bound: number | undefined, value: number | undefined): string {
  if (bound === undefined) return '';
  const words = `${target.kind === 'atLeast' ? '>=' : '<='} ${bound} ${target.unit}`;
  if (value === undefined) return `${words}: not measured`;
  const kept = target.kind === 'atLeast' ? value >= bound : value <= bound;
  if (kept) return `${words}: **met**`;
  const factor = target.kind === 'atLeast' ? bound / value : value / bound;
  return `${words}: missed, ${factor.toFixed(2)}x away`;
}
