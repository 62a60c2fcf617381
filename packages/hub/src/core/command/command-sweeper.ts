import type { HoldsSessions } from '../hub.ts';
import type { KeepsCommands, TellsTime } from '../ports.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';
import { feedbackFor } from './feedback-for.ts';

export interface CommandSweeperOptions {
  /** Default: 1,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

const EXPIRED_AT_ONCE_MAX = 100;
const EXPIRED_ROUNDS_MAX = 10;
const LAPSED_AT_ONCE_MAX = 1_000;

/**
 * What time does to commands: those that expired leave the queue, and the back end is told; those whose lock ran out wait
 * again, and the device's connection is woken.
 */
export class CommandSweeper {
  readonly #hub: KeepsCommands & HoldsSessions & TellsTime;
  readonly #sweeping: RepeatingTask;

  constructor(
    hub: KeepsCommands & HoldsSessions & TellsTime,
    { intervalMs = 1_000, onFault = warnOfFault }: CommandSweeperOptions = {},
  ) {
    this.#hub = hub;
    this.#sweeping = new RepeatingTask(() => this.sweep(), intervalMs, onFault);
  }

  /** One round, bounded; what is left over is done in the next. */
  async sweep(): Promise<void> {
    const now = this.#hub.clock.now();
    const feedback = feedbackFor(this.#hub, 'Expired');
    for (let round = 0; round < EXPIRED_ROUNDS_MAX; round++) {
      const expired = await this.#hub.commands.takeExpired(now, EXPIRED_AT_ONCE_MAX, feedback);
      if (expired.length < EXPIRED_AT_ONCE_MAX) break;
    }
    for (const identity of await this.#hub.commands.unlockLapsed(now, LAPSED_AT_ONCE_MAX)) {
      this.#hub.sessions.find(identity)?.commandsWaiting();
    }
  }

  async close(): Promise<void> {
    await this.#sweeping.close();
  }
}
