import { setTimeout as pause } from 'node:timers/promises';
import { inParallel } from '../in-parallel.ts';
import type { ServerAddress } from '../server-address.ts';
import type { Connect, DeviceConnection, DeviceCredential } from './device-connection.ts';
import { SensorSignal } from './signals.ts';

/** Connects at a time: a server does the handshakes of a few hundred a second and refuses nobody meanwhile. */
const CONNECTING_MAX = 32;
/** Unacknowledged messages of one device; beyond that its turn is skipped and counted, for a queue would hide that it is late. */
const IN_FLIGHT_MAX = 16;
const TICK_MS = 20;

export interface FleetOptions {
  readonly address: ServerAddress;
  readonly credentials: readonly DeviceCredential[];
  readonly connect: Connect;
  readonly ca: string | undefined;
  /** Messages per second of each device. */
  readonly ratePerSecond: number;
}

export interface FleetStatistics {
  readonly connected: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Turns left out because the device still waited for acknowledgements. */
  readonly skipped: number;
}

interface Member {
  readonly signal: SensorSignal;
  readonly connection: DeviceConnection;
  inFlight: number;
  dueMs: number;
}

/** Many simulated devices in one process. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members: Member[] = [];
  #connected = 0;
  #sent = 0;
  #acknowledged = 0;
  #failed = 0;
  #skipped = 0;
  #lastError: Error | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get statistics(): FleetStatistics {
    const [connected, sent, acknowledged] = [this.#connected, this.#sent, this.#acknowledged];
    return { connected, sent, acknowledged, failed: this.#failed, skipped: this.#skipped };
  }

  /** The newest reason why a message failed or a device was lost. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** Resolves when all are connected; rejects with the first refusal. */
  async connect(stop: AbortSignal): Promise<void> {
    const { address, credentials, connect, ca } = this.#options;
    await inParallel(credentials, CONNECTING_MAX, async (credential, index) => {
      if (stop.aborted) return;
      const connection = await connect({ address, credential, ca, onLost: (error) => this.#lose(error) });
      this.#members.push({ signal: new SensorSignal(index + 1), connection, inFlight: 0, dueMs: 0 });
      this.#connected += 1;
    });
  }

  /** Sends until the signal says stop, then waits for what is still unacknowledged. */
  async run(stop: AbortSignal): Promise<void> {
    const intervalMs = 1_000 / this.#options.ratePerSecond;
    const startMs = performance.now();
    // Spread over the interval: devices that all speak at once would measure a burst, not a rate.
    this.#members.forEach((member, index) => {
      member.dueMs = startMs + (index / this.#members.length) * intervalMs;
    });
    while (!stop.aborted) {
      this.#speak(performance.now(), intervalMs);
      await pause(TICK_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await inParallel(this.#members, CONNECTING_MAX, ({ connection }) =>
      connection.close().catch((error: Error) => this.#fail(error)),
    );
    this.#members.length = 0;
  }

  #speak(nowMs: number, intervalMs: number): void {
    for (const member of this.#members) {
      while (member.dueMs <= nowMs) {
        member.dueMs += intervalMs;
        if (member.inFlight >= IN_FLIGHT_MAX) this.#skipped += 1;
        else this.#send(member);
      }
    }
  }

  #send(member: Member): void {
    member.inFlight += 1;
    this.#sent += 1;
    const settle = () => {
      member.inFlight -= 1;
    };
    member.connection.send(JSON.stringify(member.signal.read(Date.now() / 1000))).then(
      () => {
        settle();
        this.#acknowledged += 1;
      },
      (error: Error) => {
        settle();
        this.#fail(error);
      },
    );
  }

  #lose(error: Error): void {
    this.#connected -= 1;
    this.#lastError = error;
  }

  #fail(error: Error): void {
    this.#failed += 1;
    this.#lastError = error;
  }
}
