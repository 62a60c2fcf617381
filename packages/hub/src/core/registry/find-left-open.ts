import { type DeviceIdentity, identityKey } from '@viaduct/contracts';
import type { AppendsToLog, KeepsRegistry, RegistryEntry, TellsTime } from '../ports.ts';
import { type DecodedRecord, decodeRecord, Source } from '../record/record.ts';

/** What a server that did not end in order left behind. */
export interface LeftOpen {
  /** Who was connected, as far as readers of the log know. */
  readonly entries: readonly RegistryEntry[];
  /** The last sign of life of that server, ms since 1970: nobody was connected much longer. */
  readonly endedTime: number;
  /** The highest number of a presence record found; null when there was none. */
  readonly lastNumber: string | null;
}

/**
 * Presence is stored behind the log, so the last records of a crash are not in the store yet. This much of the log's end is read
 * for them; many times what the writer is ever behind.
 */
const TAIL_MS = 60_000;
const READ_BYTES = 1_048_576;

interface Told {
  readonly connected: boolean;
  readonly generationId: string;
  readonly identity: DeviceIdentity;
  readonly number: string;
}

/** Before gateways open: who was connected when the server ended; nobody when it ended in order. @throws HubError store.unavailable (retry) */
export async function findLeftOpen(hub: KeepsRegistry & AppendsToLog & TellsTime): Promise<LeftOpen> {
  const stored = await hub.registry.listConnected();
  const bounds = Array.from({ length: hub.log.partitionCount }, (_, partition) => hub.log.bounds(partition));
  const lastRecordTime = Math.max(0, ...bounds.map(({ lastEnqueuedTime }) => lastEnqueuedTime));
  const told = await tellingsSince(hub, lastRecordTime - TAIL_MS);

  const candidates = new Map<string, DeviceIdentity>();
  let lastLifeTime = lastRecordTime;
  for (const { deviceId, moduleId, lastActivityTime } of stored) {
    const identity = moduleId === undefined ? { deviceId } : { deviceId, moduleId };
    candidates.set(identityKey(identity), identity);
    lastLifeTime = Math.max(lastLifeTime, lastActivityTime);
  }
  for (const [key, { identity, connected }] of told) {
    if (connected) candidates.set(key, identity);
    else candidates.delete(key);
  }

  const entries: RegistryEntry[] = [];
  for (const [key, identity] of candidates) {
    const entry = await hub.registry.find(identity);
    // A namesake that was made since is another device.
    const isSame = (told.get(key)?.generationId ?? entry?.generationId) === entry?.generationId;
    if (entry !== undefined && isSame) entries.push(entry);
  }
  const numbers = [...told.values()].map(({ number }) => number).sort();
  return { entries, endedTime: Math.min(lastLifeTime, hub.clock.now()), lastNumber: numbers.at(-1) ?? null };
}

/** What the log said last of each identity since `time`. */
async function tellingsSince({ log, eventPartitions }: AppendsToLog, time: number): Promise<Map<string, Told>> {
  const told = new Map<string, Told>();
  for (let partition = eventPartitions; partition < 2 * eventPartitions; partition++) {
    let offset = await log.offsetAt(partition, time);
    for (;;) {
      const records = await log.read(partition, offset, READ_BYTES);
      if (records.length === 0) break;
      for (const { data } of records) {
        const record = decodeRecord(data);
        if (record.source === Source.connectionState) told.set(identityKey(record), toldBy(record));
      }
      offset = (records.at(-1)?.offset ?? offset) + 1;
    }
  }
  return told;
}

function toldBy({ deviceId, moduleId, generationId, properties, body }: DecodedRecord): Told {
  const { sequenceNumber } = JSON.parse(body.toString('utf8')) as { sequenceNumber?: unknown };
  return {
    identity: moduleId === undefined ? { deviceId } : { deviceId, moduleId },
    connected: properties.application.opType === 'deviceConnected',
    generationId,
    number: String(sequenceNumber ?? ''),
  };
}
