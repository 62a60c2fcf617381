import type { AssignmentWorker, AttemptRecord, Provisioning } from '@viaduct/provisioning';
import { counter, gauge, type MetricFamily } from './metrics.ts';

const OUTCOMES: readonly AttemptRecord['outcome'][] = ['assigned', 'refused', 'failed', 'disabled'];

/** How devices fared that asked to be provisioned, counted since it was made. */
export class ProvisioningMetrics {
  readonly #provisioning: Provisioning;
  readonly #worker: Pick<AssignmentWorker, 'stats'>;
  readonly #counts = new Map<AttemptRecord['outcome'], number>(OUTCOMES.map((outcome) => [outcome, 0]));
  readonly #stopCounting: () => void;
  #assignedMs = 0;

  constructor(provisioning: Provisioning, worker: Pick<AssignmentWorker, 'stats'>) {
    this.#provisioning = provisioning;
    this.#worker = worker;
    this.#stopCounting = provisioning.attempts.onAttempt((attempt) => this.#count(attempt));
  }

  async families(): Promise<MetricFamily[]> {
    const { waiting, active } = this.#worker.stats;
    return [
      gauge('viaduct_registrations', 'Devices that provisioning knows.', [
        { value: await this.#provisioning.registrations.count() },
      ]),
      gauge('viaduct_registrations_waiting', 'Registrations that wait to be assigned.', [{ value: waiting }]),
      gauge('viaduct_registrations_active', 'Registrations that are being assigned.', [{ value: active }]),
      counter(
        'viaduct_registration_attempts_total',
        'Attempts of devices to be provisioned since the start, by outcome.',
        [...this.#counts].map(([outcome, value]) => ({ labels: { outcome }, value: value + this.#unbooked(outcome) })),
      ),
      counter(
        'viaduct_registration_seconds_total',
        'Time from request to assignment, of all that were assigned since the start together.',
        [{ value: this.#assignedMs / 1_000 }],
      ),
    ];
  }

  close(): void {
    this.#stopCounting();
  }

  /** A flood from one address is not booked one by one. */
  #unbooked(outcome: AttemptRecord['outcome']): number {
    return outcome === 'refused' ? this.#provisioning.attempts.unbooked : 0;
  }

  #count({ outcome, durationMs }: AttemptRecord): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    if (outcome === 'assigned') this.#assignedMs += durationMs ?? 0;
  }
}
