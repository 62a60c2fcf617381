import { LIMITS, type LiveTelemetry, partitionFor } from '@viaduct/contracts';
import { type AppendsToLog, isTelemetry, recordIsOf, type TellsTime } from '@viaduct/hub';
import type { EventLog, LogRecord } from '@viaduct/log';
import { liveTelemetry } from './live-telemetry.ts';

/** One read of the log, bytes: enough to be cheap per record, little enough to let others in between. */
export const READ_BYTES = 1_048_576;

/**
 * The offset at which the last `sinceSeconds` of a partition begin; at most LIMITS.HISTORY_RECORDS_MAX records back, so that
 * the history of one device among many loud ones costs a bounded time.
 */
export async function historyStart(
  hub: AppendsToLog & TellsTime,
  partition: number,
  sinceSeconds: number,
): Promise<number> {
  const { first, next } = hub.log.bounds(partition);
  if (sinceSeconds === 0) return next;
  const since = await hub.log.offsetAt(partition, hub.clock.now() - sinceSeconds * 1000);
  return Math.max(since, first, next - LIMITS.HISTORY_RECORDS_MAX);
}

/** What one device said in the last `sinceSeconds`: the newest `limit` messages, oldest first. */
export async function readHistory(
  hub: AppendsToLog & TellsTime,
  deviceId: string,
  wanted: { readonly sinceSeconds: number; readonly limit: number },
): Promise<readonly LiveTelemetry[]> {
  const partition = partitionFor(deviceId, hub.eventPartitions);
  const newest = new NewestRecords(wanted.limit, LIMITS.MESSAGES_PAGE_BYTES_MAX);
  const start = await historyStart(hub, partition, wanted.sinceSeconds);
  for await (const record of recordsOf(hub.log, partition, start)) {
    if (recordIsOf(record.data, deviceId) && isTelemetry(record.data)) newest.add(record);
  }
  return newest.records().map((record) => liveTelemetry(partition, record));
}

/** From an offset to where the partition ended when the reading began. */
async function* recordsOf(log: EventLog, partition: number, from: number): AsyncGenerator<LogRecord> {
  const { next: end } = log.bounds(partition);
  let offset = from;
  while (offset < end) {
    const records = await log.read(partition, offset, READ_BYTES);
    const last = records.at(-1);
    if (last === undefined) return;
    yield* records;
    offset = last.offset + 1;
  }
}

/** Keeps the newest of what is added, within a count and a sum of bytes. */
class NewestRecords {
  readonly #countMax: number;
  readonly #bytesMax: number;
  #records: LogRecord[] = [];
  #start = 0;
  #bytes = 0;

  constructor(countMax: number, bytesMax: number) {
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  add(record: LogRecord): void {
    // A copy: a record is a view of a whole read, which it would keep in memory.
    const data = Buffer.from(record.data);
    this.#records.push({ ...record, data });
    this.#bytes += data.length;
    while (this.#records.length - this.#start > this.#countMax || this.#bytes > this.#bytesMax) this.#dropOldest();
  }

  records(): readonly LogRecord[] {
    return this.#records.slice(this.#start);
  }

  #dropOldest(): void {
    this.#bytes -= this.#records[this.#start]?.data.length ?? 0;
    this.#start += 1;
    if (this.#start * 2 < this.#records.length) return;
    this.#records = this.#records.slice(this.#start);
    this.#start = 0;
  }
}
