import type { HoldsSessions } from '../hub.ts';
import type { KeepsCommands, TellsTime } from '../ports.ts';

export interface CommandSweeperOptions {
  readonly intervalMs?: number;
  readonly onFault?: (error: unknown) => void;
}

export class CommandSweeper {
  readonly #hub: KeepsCommands & HoldsSessions & TellsTime;
  readonly #options: CommandSweeperOptions;

  constructor(hub: KeepsCommands & HoldsSessions & TellsTime, options: CommandSweeperOptions = {}) {
    this.#hub = hub;
    this.#options = options;
  }

  async close(): Promise<void> {
    void this.#hub;
    void this.#options;
  }
}
