import { LIMITS } from '@viaduct/contracts';
import type { TellsTime } from '@viaduct/hub';
import type { LinkedHubRecord, MeasuresLatency, ReachesHubs } from '../core/ports.ts';

interface Measured {
  readonly etag: string;
  readonly time: number;
  readonly ms: Promise<number | undefined>;
}

/** How far the hubs are, measured when somebody asks and remembered for LIMITS.HUB_LATENCY_SECONDS. Many who ask at once share one measurement. */
export class LatencyBook implements MeasuresLatencies {
  readonly #p: ReachesHubs & TellsTime;
  readonly #measured = new Map<string, Measured>();

  constructor(p: ReachesHubs & TellsTime) {
    this.#p = p;
  }

  latencyMs(hub: LinkedHubRecord): Promise<number | undefined> {
    const now = this.#p.clock.now();
    const known = this.#measured.get(hub.hostName);
    const isFresh = known !== undefined && now - known.time < LIMITS.HUB_LATENCY_SECONDS * 1_000;
    if (isFresh && known.etag === hub.etag) return known.ms;
    const ms = this.#measure(hub);
    this.#measured.set(hub.hostName, { etag: hub.etag, time: now, ms });
    return ms;
  }

  async #measure(hub: LinkedHubRecord): Promise<number | undefined> {
    try {
      return await this.#p.hubClient(hub).measureLatency(AbortSignal.timeout(LIMITS.LINKED_HUB_SECONDS_MAX * 1_000));
    } catch {
      // Nobody is sent to a hub that cannot be reached; when none can, the device is told so.
      return undefined;
    }
  }
}

type MeasuresLatencies = MeasuresLatency['latencies'];
