import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ErrorCode } from '@viaduct/contracts';

/** One family of Prometheus' text format. Source: Prometheus, "Exposition formats", version 0.0.4. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export function formatMetrics(families: readonly MetricFamily[]): string {
  return families.map(formatFamily).join('');
}

function formatFamily({ name, help, type, samples }: MetricFamily): string {
  const lines = samples.map(({ labels, value }) => `${name}${formatLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function formatLabels(labels: MetricSample['labels']): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escapeLabel)}"`);
  return `{${pairs.join(',')}}`;
}

function escapeLabel(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}

/** Refusals by code, counted since the start. */
export class RefusalCounter {
  readonly #counts = new Map<ErrorCode, number>();

  count(code: ErrorCode): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  get samples(): MetricSample[] {
    return [...this.#counts].map(([code, value]) => ({ labels: { code }, value }));
  }
}

/** How often the loop is looked at, ms. The histogram counts from look to look, so an idle loop shows this much. */
const RESOLUTION_MS = 20;

function delaySeconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1_000);
}

/** How this process is doing: the loop's delay (every scrape starts a new window), memory, processor time. */
export class ProcessMetrics {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#delay.enable();
  }

  families(): MetricFamily[] {
    const { user, system } = process.cpuUsage();
    const families: MetricFamily[] = [
      gauge('viaduct_event_loop_delay_p99_seconds', 'Event loop delay since the last scrape, p99.', [
        { value: delaySeconds(this.#delay.percentile(99)) },
      ]),
      gauge('viaduct_event_loop_delay_max_seconds', 'Event loop delay since the last scrape, longest.', [
        { value: delaySeconds(this.#delay.max) },
      ]),
      gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', [{ value: process.memoryUsage.rss() }]),
      counter('process_cpu_seconds_total', 'User and system CPU time in seconds.', [{ value: (user + system) / 1e6 }]),
      gauge('process_uptime_seconds', 'Time since the process began.', [{ value: process.uptime() }]),
    ];
    this.#delay.reset();
    return families;
  }

  close(): void {
    this.#delay.disable();
  }
}

export function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, help, type: 'gauge', samples };
}

export function counter(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, help, type: 'counter', samples };
}
