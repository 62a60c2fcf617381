import { uptime } from 'node:os';
import { AGENT_VERSION } from '../describe-machine.ts';
import { AGENT_LIMITS } from '../limits.ts';
import type { BacklogStatistics } from '../send-backlog.ts';

export interface KeptError {
  readonly at: string;
  readonly message: string;
}

/** The last errors, newest last; older ones are forgotten. */
export class ErrorMemory {
  readonly #errors: KeptError[] = [];

  keep(error: unknown, at: Date): void {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.#errors.push({ at: at.toISOString(), message });
    if (this.#errors.length > AGENT_LIMITS.ERRORS_KEPT_MAX) this.#errors.shift();
  }

  get all(): readonly KeptError[] {
    return [...this.#errors];
  }
}

/** Facts for whoever asks why a device behaves as it does. Sizes are MiB, times seconds. */
export interface Diagnosis {
  readonly agentVersion: string;
  readonly nodeVersion: string;
  readonly machineUptime: number;
  readonly agentUptime: number;
  readonly agentMemory: number;
  readonly telemetryIntervalSeconds: number;
  readonly sessions: number;
  readonly messagesSent: number;
  readonly messagesWaiting: number;
  readonly messagesDropped: number;
  readonly sendFailures: number;
  readonly lastErrors: readonly KeptError[];
}

export interface DiagnosisFacts {
  readonly statistics: BacklogStatistics;
  readonly errors: ErrorMemory;
  readonly sessions: number;
  readonly intervalSeconds: number;
}

export function diagnose({ statistics, errors, sessions, intervalSeconds }: DiagnosisFacts): Diagnosis {
  return {
    agentVersion: AGENT_VERSION,
    nodeVersion: process.version,
    machineUptime: Math.floor(uptime()),
    agentUptime: Math.floor(process.uptime()),
    agentMemory: Number((process.memoryUsage.rss() / 1_048_576).toFixed(1)),
    telemetryIntervalSeconds: intervalSeconds,
    sessions,
    messagesSent: statistics.sent,
    messagesWaiting: statistics.waiting,
    messagesDropped: statistics.dropped,
    sendFailures: statistics.failed,
    lastErrors: errors.all,
  };
}
