import { identityKey, LIMITS } from '@viaduct/contracts';
import { type DecodedRecord, decodeRecord, Source, sourceOf } from '@viaduct/hub/record';
import type { LogRecord } from '@viaduct/log';
import { decodeBody } from '../../telemetry/decode-body.ts';
import type { DropReason } from '../history.ts';
import type { PointType } from '../history-schema.ts';
import { unpackRecords } from '../pack-records.ts';
import type { LogPiece } from '../thread-messages.ts';
import { CommitBatch } from './commit-batch.ts';
import { deviceTime } from './device-time.ts';
import type { DropBook } from './drop-book.ts';
import { flattenBody, type PointSink } from './flatten-body.ts';
import { KnownIdentity } from './identity-index.ts';
import { SeqCounter } from './seq-counter.ts';
import type { FoundTwin, TwinRecorder } from './twin-recorder.ts';

/** What the store knew when it was opened. */
export interface KnownHistory {
  readonly identities: Map<string, KnownIdentity>;
  /** Identities that were deleted, and the generation that was. */
  readonly gone: Map<string, string>;
  readonly drops: DropBook;
  readonly twins: TwinRecorder;
  readonly nextSeriesId: number;
}

/**
 * Turns records of the log into what the next transaction writes. Nothing here waits, and nothing that a device says makes it fail:
 * what is no point is counted, and stays in the messages.
 */
export class RecordTaker {
  readonly #known: KnownHistory;
  readonly #seqs = new Map<number, SeqCounter>();
  readonly #sink: MessageSink;
  readonly #seriesMax: number;
  #nextSeriesId: number;
  #seriesCount: number;
  #batch = new CommitBatch();

  constructor(known: KnownHistory, seriesMax: number = LIMITS.SERIES_MAX) {
    this.#known = known;
    this.#nextSeriesId = known.nextSeriesId;
    this.#seriesMax = seriesMax;
    this.#seriesCount = [...known.identities.values()].reduce((sum, { seriesCount }) => sum + seriesCount, 0);
    this.#sink = new MessageSink({
      hasRoom: () => this.#seriesCount < this.#seriesMax,
      newSeries: (identity, component, name) => this.#newSeries(identity, component, name),
      dropped: (key, reason) => this.#drop(key, reason),
    });
  }

  get batch(): CommitBatch {
    return this.#batch;
  }

  get nextSeriesId(): number {
    return this.#nextSeriesId;
  }

  /** The batch so far; what comes from now on is of the next. */
  takeBatch(): CommitBatch {
    const batch = this.#batch;
    this.#batch = new CommitBatch();
    return batch;
  }

  take({ partition, firstOffset, packed }: LogPiece): void {
    const seqs = this.#seqsOf(partition);
    for (const record of unpackRecords(firstOffset, packed)) {
      this.#takeRecord(record, seqs);
      this.#batch.places.set(partition, { next: record.offset + 1, lastTime: record.enqueuedTime });
    }
  }

  takeFound(found: FoundTwin): void {
    const version = this.#known.twins.found(found);
    if (version !== undefined) this.#batch.twinVersions.push(version);
  }

  /** Twins of which only changes are known; each is said once. */
  takeUnfounded(): string[] {
    return this.#known.twins.takeUnfounded();
  }

  /** Counts on from where the store was left: messages of one millisecond may be in two transactions. */
  recount({ partition, firstOffset, packed }: LogPiece): void {
    const seqs = this.#seqsOf(partition);
    for (const { enqueuedTime, data } of unpackRecords(firstOffset, packed)) {
      if (sourceOf(data) === Source.telemetry) seqs.next(enqueuedTime, identityKey(decodeRecord(data)));
    }
  }

  #seqsOf(partition: number): SeqCounter {
    const known = this.#seqs.get(partition);
    if (known !== undefined) return known;
    const made = new SeqCounter();
    this.#seqs.set(partition, made);
    return made;
  }

  #takeRecord({ data, enqueuedTime }: LogRecord, seqs: SeqCounter): void {
    const source = sourceOf(data);
    if (source === Source.telemetry) this.#takeTelemetry(decodeRecord(data), enqueuedTime, seqs);
    else if (source === Source.lifecycle) this.#takeLifecycle(decodeRecord(data), enqueuedTime);
    else if (source === Source.twinChange) this.#takeTwin(decodeRecord(data), enqueuedTime);
    else if (source === Source.connectionState) this.#takeConnection(decodeRecord(data), enqueuedTime);
  }

  #takeTelemetry(record: DecodedRecord, enqueuedTime: number, seqs: SeqCounter): void {
    const key = identityKey(record);
    const seq = seqs.next(enqueuedTime, key);
    const isGone = this.#known.gone.get(key) === record.generationId;
    const body = isGone ? undefined : objectIn(record);
    if (body === undefined) {
      this.#drop(key, isGone ? 'deviceRemoved' : 'notJson');
      return;
    }
    const time = deviceTime(record.properties, enqueuedTime);
    const component = record.properties.system.component ?? '';
    this.#sink.begin(this.#batch, this.#identityOf(key, record), { component, time, enqueuedTime, seq });
    flattenBody(body, this.#sink);
  }

  #takeLifecycle(record: DecodedRecord, time: number): void {
    if (record.properties.application.opType !== 'deleteDeviceIdentity') {
      this.#takeTwin(record, time);
      return;
    }
    const key = identityKey(record);
    const { generationId } = record;
    this.#known.gone.set(key, generationId);
    this.#batch.gone.push({ key, generationId, time });
    this.#known.drops.forget(key);
    this.#known.twins.forget(key);
    const known = this.#known.identities.get(key);
    if (known?.generationId === generationId) this.#remove(known);
  }

  #takeTwin(record: DecodedRecord, time: number): void {
    this.#batch.twinVersions.push(...this.#known.twins.record(identityKey(record), record, time));
  }

  #takeConnection(record: DecodedRecord, time: number): void {
    const isConnected = record.properties.application.opType === 'deviceConnected';
    const { generationId } = record;
    this.#batch.connectionChanges.push({ key: identityKey(record), generationId, time, isConnected });
  }

  #identityOf(key: string, { deviceId, moduleId = '', generationId }: DecodedRecord): KnownIdentity {
    const known = this.#known.identities.get(key);
    if (known?.generationId === generationId) return known;
    // One that was deleted and made again before we heard of it.
    if (known !== undefined) this.#remove(known);
    const made = new KnownIdentity(key, deviceId, moduleId, generationId);
    this.#known.identities.set(key, made);
    return made;
  }

  #remove(identity: KnownIdentity): void {
    this.#known.identities.delete(identity.key);
    this.#seriesCount -= identity.seriesCount;
    this.#batch.removed.push(identity);
  }

  #newSeries(identity: KnownIdentity, component: string, name: string): number {
    const { deviceId, moduleId, generationId } = identity;
    const seriesId = this.#nextSeriesId++;
    identity.add({ component, name, seriesId });
    this.#seriesCount += 1;
    this.#batch.added.push({ seriesId, deviceId, moduleId, component, name, generationId });
    return seriesId;
  }

  #drop(key: string, reason: DropReason): void {
    this.#batch.drop(reason);
    this.#known.drops.count(key, reason);
  }
}

interface SinkParts {
  hasRoom(): boolean;
  newSeries(identity: KnownIdentity, component: string, name: string): number;
  dropped(key: string, reason: DropReason): void;
}

interface MessageFacts {
  readonly component: string;
  readonly time: number;
  readonly enqueuedTime: number;
  readonly seq: number;
}

/** Hears the points of one message after another. One object for all: there are many messages. */
class MessageSink implements PointSink {
  readonly #parts: SinkParts;
  #batch!: CommitBatch;
  #identity!: KnownIdentity;
  #facts!: MessageFacts;
  #names: ReadonlyMap<string, number> | undefined;

  constructor(parts: SinkParts) {
    this.#parts = parts;
  }

  begin(batch: CommitBatch, identity: KnownIdentity, facts: MessageFacts): void {
    this.#batch = batch;
    this.#identity = identity;
    this.#facts = facts;
    this.#names = identity.namesOf(facts.component);
  }

  value(name: string, type: PointType, number: number | null, text: string | null): void {
    const seriesId = this.#names?.get(name) ?? this.#make(name);
    if (seriesId === undefined) return;
    const { time, enqueuedTime, seq } = this.#facts;
    this.#batch.points.add({ seriesId, time, enqueuedTime, seq, type, number, text });
  }

  dropped(reason: DropReason): void {
    this.#parts.dropped(this.#identity.key, reason);
  }

  #make(name: string): number | undefined {
    const { component } = this.#facts;
    if (name === '' || !isUsable(name) || !isUsable(component)) this.dropped('nameUnusable');
    else if (this.#identity.isFull || !this.#parts.hasRoom()) this.dropped('tooManySeries');
    else {
      const made = this.#parts.newSeries(this.#identity, component, name);
      this.#names = this.#identity.namesOf(component);
      return made;
    }
    return undefined;
  }
}

/** NUL ends a text in the store. */
function isUsable(name: string): boolean {
  return name.length <= LIMITS.SERIES_NAME_CHARACTERS_MAX && !name.includes('\0');
}

/** The body as a JSON object, if it is one. */
function objectIn({ body, properties }: DecodedRecord): Readonly<Record<string, unknown>> | undefined {
  if (!mayBeObject(body)) return undefined;
  const decoded = decodeBody(body, properties.system.contentEncoding);
  return decoded.kind === 'json' && isObject(decoded.value) ? decoded.value : undefined;
}

/** Whether it is worth parsing: `{` after white space, or a byte of another encoding. */
function mayBeObject(body: Buffer): boolean {
  for (const byte of body) {
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) continue;
    return byte === 0x7b || byte >= 0x80;
  }
  return false;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
