import type { DeviceIdentity } from '@viaduct/contracts';
import type { JobOutcome, KeepsJobs, TellsTime } from '../ports.ts';

interface Waiting {
  readonly identity: DeviceIdentity;
  readonly outcome: JobOutcome;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** In one transaction: it is synchronous, and others wait for their turn. */
const OUTCOMES_AT_ONCE = 100;

/** Writes the outcomes of one job, many in a transaction: whoever came while one was written goes with the next. */
export class OutcomeWriter {
  readonly #hub: KeepsJobs & TellsTime;
  readonly #jobId: string;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(hub: KeepsJobs & TellsTime, jobId: string) {
    this.#hub = hub;
    this.#jobId = jobId;
  }

  /** Resolves when the outcome is durable. @throws HubError store.unavailable */
  save(identity: DeviceIdentity, outcome: JobOutcome): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ identity, outcome, resolve, reject });
      if (!this.#isWriting) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, OUTCOMES_AT_ONCE);
      try {
        await this.#hub.jobs.saveOutcomes(this.#jobId, group, this.#hub.clock.now());
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
