import type { HoldsSessions } from '../hub.ts';
import type { AppendsToLog, KeepsRegistry, KnowsItsNames, TellsTime } from '../ports.ts';

export interface PresenceWriterOptions {
  readonly intervalMs?: number;
  readonly onFault?: (error: unknown) => void;
}

type PresenceHub = HoldsSessions & KeepsRegistry & AppendsToLog & TellsTime & KnowsItsNames;

export class PresenceWriter {
  readonly #hub: PresenceHub;
  readonly #options: PresenceWriterOptions;

  constructor(hub: PresenceHub, options: PresenceWriterOptions = {}) {
    this.#hub = hub;
    this.#options = options;
  }

  async close(): Promise<void> {
    void this.#hub;
    void this.#options;
  }
}
