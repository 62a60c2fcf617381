import type { Refusal } from '@viaduct/contracts';
import { type BooksRefusals, describeRefusal, type RefusalRecord } from '@viaduct/hub';

/**
 * Tells the refusals of one device as they come. A listener only notes that there is something new; the list itself is kept
 * by the hub and bounded there, so a slow reader costs nothing.
 */
export class RefusalNews {
  readonly #hub: BooksRefusals;
  readonly #deviceId: string;
  readonly #stopListening: () => void;
  /** Refusal → how often it had happened when it was told. */
  #told = new Map<string, number>();
  #toldUntil = 0;
  #isNew = true;
  #wake: () => void = () => {};

  constructor(hub: BooksRefusals, deviceId: string) {
    this.#hub = hub;
    this.#deviceId = deviceId;
    this.#stopListening = hub.refusals.onRefusal((refusal) => {
      if (refusal.deviceId === deviceId) this.#notice();
    });
  }

  /** Time of the newest refusal told, ms since 1970. */
  get toldUntil(): number {
    return this.#toldUntil;
  }

  /** Refusals up to this time are not told: they are known, or too old. */
  beginAfter(time: number): void {
    this.#toldUntil = Math.max(0, Math.trunc(time));
  }

  close(): void {
    this.#stopListening();
    this.#notice();
  }

  /** Oldest first, until `signal` aborts. */
  async *listen(signal: AbortSignal): AsyncGenerator<Refusal> {
    // Time tells only what is known already from what is not. From then on a count that rose does, so that a clock that
    // is set back hides nothing.
    let begin = this.#toldUntil;
    while (!signal.aborted) {
      if (!this.#isNew) await this.#untilNew();
      this.#isNew = false;
      const refusals = await this.#hub.refusals.list(this.#deviceId);
      for (const refusal of refusals.toReversed()) {
        if (refusal.lastTime <= begin || this.#told.get(keyOf(refusal)) === refusal.count) continue;
        this.#toldUntil = Math.max(this.#toldUntil, refusal.lastTime);
        yield describeRefusal(refusal);
      }
      this.#told = new Map(refusals.map((refusal) => [keyOf(refusal), refusal.count]));
      begin = 0;
    }
  }

  #notice(): void {
    this.#isNew = true;
    this.#wake();
  }

  #untilNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function keyOf({ firstTime, code, message, transport, remoteAddress }: RefusalRecord): string {
  return [firstTime, code, transport, remoteAddress, message].join('\n');
}
