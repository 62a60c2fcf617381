/**
 * What is measured. A to D are the reference cases of QoS 1 ingest: few busy connections, and what a real fleet looks like.
 *
 * `window` is how many messages a connection has unacknowledged at a time; a device SDK that awaits each send has 1.
 */
export interface BenchCase {
  readonly id: string;
  readonly title: string;
  readonly mode: 'ingest' | 'connect' | 'idle' | 'latency';
  readonly tls: boolean;
  readonly connections: number;
  readonly window: number;
  /** Messages a second over all connections; latency only. */
  readonly rate: number;
}

export const DEVICE_COUNT = 2_000;
const LATENCY = { mode: 'latency', connections: 1_000, window: 1, rate: 5_000 } as const;

export const CASES: readonly BenchCase[] = [
  ingest('A', '100 connections x 16, plain', false, 100, 16),
  ingest('B', '2,000 connections x 1, plain', false, DEVICE_COUNT, 1),
  ingest('C', '100 connections x 16, TLS', true, 100, 16),
  ingest('D', '2,000 connections x 1, TLS', true, DEVICE_COUNT, 1),
  { id: 'connect', title: 'TLS handshake + CONNECT', mode: 'connect', tls: true, connections: 32, window: 1, rate: 0 },
  { id: 'idle', title: 'idle TLS connections', mode: 'idle', tls: true, connections: DEVICE_COUNT, window: 1, rate: 0 },
  { id: 'latency', title: '5,000 msg/s over 1,000 connections, plain', tls: false, ...LATENCY },
  { id: 'latency-tls', title: '5,000 msg/s over 1,000 connections, TLS', tls: true, ...LATENCY },
];

const BODY_BYTES = 150;

/** A telemetry body of exactly 150 bytes, of the shape that sensors send. */
export function telemetryBody(): string {
  const values = '{"temperature":21.57,"humidity":40.12,"pressure":1013.25,"battery":3.71,"sequence":184467,"status":"';
  return `${values}${'ok'.padEnd(BODY_BYTES - values.length - 2, '-')}"}`;
}

function ingest(id: string, title: string, tls: boolean, connections: number, window: number): BenchCase {
  return { id, title, mode: 'ingest', tls, connections, window, rate: 0 };
}
