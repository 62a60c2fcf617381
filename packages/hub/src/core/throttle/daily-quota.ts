import { HubError, LIMITS } from '@viaduct/contracts';
import type { QuotaStore, TellsTime } from '../ports.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';

export interface DailyQuotaOptions {
  /** How long a count may wait in memory. Default: 1,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

const DAY_MS = 86_400_000;

/**
 * How many messages of this UTC day are used up.
 *
 *     count ─► memory ─ each second ─► store          open = what the store has of today
 *
 * Counted in memory and written behind: a crash gives back the messages of the last second, a restart gives back none.
 */
export class DailyQuota {
  readonly max: number;
  readonly #store: QuotaStore;
  readonly #hub: TellsTime;
  readonly #saving: RepeatingTask;
  #day: number;
  #used: number;
  #savedUsed: number;

  private constructor(hub: TellsTime, store: QuotaStore, max: number, used: number, options: DailyQuotaOptions) {
    this.max = max;
    this.#hub = hub;
    this.#store = store;
    this.#day = dayOf(hub);
    this.#used = this.#savedUsed = used;
    const { intervalMs = 1_000, onFault = warnOfFault } = options;
    this.#saving = new RepeatingTask(() => this.#save(), intervalMs, onFault);
  }

  static async open(
    hub: TellsTime,
    store: QuotaStore,
    max: number,
    options: DailyQuotaOptions = {},
  ): Promise<DailyQuota> {
    return new DailyQuota(hub, store, max, await store.used(dayOf(hub)), options);
  }

  get used(): number {
    this.#turnPage();
    return this.#used;
  }

  /** A message of no bytes counts as well. @throws HubError quota.dailyExceeded; it is not counted then */
  count(bytes: number): void {
    this.#turnPage();
    const pieces = Math.max(1, Math.ceil(bytes / LIMITS.QUOTA_PIECE_BYTES));
    if (this.#used + pieces > this.max) {
      throw new HubError('quota.dailyExceeded', `all ${this.max} messages of this UTC day are used up`);
    }
    this.#used += pieces;
  }

  async close(): Promise<void> {
    await this.#saving.close();
    await this.#save();
  }

  /** A clock that is set back does not give a day's messages twice: the page turns forward only. */
  #turnPage(): void {
    const today = dayOf(this.#hub);
    if (today <= this.#day) return;
    this.#day = today;
    this.#used = 0;
    this.#savedUsed = -1;
  }

  async #save(): Promise<void> {
    const used = this.#used;
    if (used === this.#savedUsed) return;
    await this.#store.save(this.#day, used);
    this.#savedUsed = used;
  }
}

function dayOf({ clock }: TellsTime): number {
  return Math.floor(clock.now() / DAY_MS);
}
