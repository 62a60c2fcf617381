import { type EndpointInput, HubError, LIMITS, type RoutingInput } from '@viaduct/contracts';
import { newGuid } from '../command/new-guid.ts';
import type {
  AppendsToLog,
  EndpointRecord,
  JsonObject,
  KnowsItsNames,
  MakesRandomness,
  RoutingRecord,
  RoutingStore,
  RoutingVersion,
  TellsTime,
} from '../ports.ts';
import { hubName } from '../record/hub-name.ts';
import { newEtag } from '../registry/make-entry.ts';
import { type OnFault, warnOfFault } from '../repeating-task.ts';
import { CompiledRouting } from './compiled-routing.ts';
import type { EndpointAdapters } from './endpoint.ts';
import { ROUTING_LIMITS, type RoutingLimits, requireConsistent } from './read-routing.ts';
import { restoreSecrets } from './secret-fields.ts';

type Parts = AppendsToLog & TellsTime & MakesRandomness & KnowsItsNames;

export interface RoutingBookOptions {
  readonly store: RoutingStore;
  readonly adapters: EndpointAdapters;
  readonly limits?: RoutingLimits;
  readonly onFault?: OnFault;
}

/** Records `[from, end)` of a partition that one table is for. */
export interface RoutingRange {
  readonly routing: CompiledRouting;
  /** The first offset that another table is for; Infinity where no other has been saved. */
  readonly end: number;
}

/**
 * The routing table, and those of before.
 *
 *     save ─► the offsets where each partition ends now ─► store ─► in force for every record from those offsets on
 *
 * Invariants
 *  1. A record is routed by the table that applies at its offset, whoever reads it, and however late. So what one reader leaves out
 *     because it went elsewhere, the reader of that elsewhere takes.
 *  2. While a save is under way, nobody learns a table for the offsets that it may be for: `rangeAt` waits until it is known.
 *  3. A save is whole or not at all, and refused when somebody saved since the caller read.
 */
export class RoutingBook {
  readonly limits: RoutingLimits;
  readonly adapters: EndpointAdapters;
  readonly #hub: Parts;
  readonly #store: RoutingStore;
  readonly #onFault: OnFault;
  readonly #listeners = new Set<() => void>();
  /** In order; the first is for everything before the second. */
  #versions: readonly CompiledRouting[] = [];
  #current: RoutingRecord = NOTHING_SAVED;
  #saving: { readonly from: readonly number[]; readonly done: Promise<unknown> } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    hub: Parts,
    { store, adapters, limits = ROUTING_LIMITS.relaxed, onFault = warnOfFault }: RoutingBookOptions,
  ) {
    this.#hub = hub;
    this.#store = store;
    this.adapters = adapters;
    this.limits = limits;
    this.#onFault = onFault;
  }

  static async open(hub: Parts, options: RoutingBookOptions): Promise<RoutingBook> {
    const book = new RoutingBook(hub, options);
    await book.#load();
    return book;
  }

  get current(): RoutingRecord {
    return this.#current;
  }

  /** The table that is in force for what comes now. */
  get routing(): CompiledRouting {
    return this.#versions.at(-1) as CompiledRouting;
  }

  /** Calls `listener` when another table or other endpoints were saved. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Which table is for the record at an offset, and how far. */
  async rangeAt(partition: number, offset: number): Promise<RoutingRange> {
    while (this.#saving !== undefined && offset >= (this.#saving.from[partition] ?? 0)) await this.#saving.done;
    let index = this.#versions.length - 1;
    while (index > 0 && fromOf(this.#versions[index]!, partition) > offset) index--;
    const next = this.#versions[index + 1];
    const end =
      next === undefined ? (this.#saving?.from[partition] ?? Number.POSITIVE_INFINITY) : fromOf(next, partition);
    return { routing: this.#versions[index]!, end };
  }

  /** The oldest offset from which the built-in endpoint is telemetry as it lies in the log, for as long as nothing is saved. */
  plainFrom(partition: number): number | undefined {
    if (this.#saving !== undefined) return undefined;
    let index = this.#versions.length - 1;
    if (!this.#versions[index]!.isPlain) return undefined;
    while (index > 0 && this.#versions[index - 1]!.isPlain) index--;
    return index === 0 ? 0 : fromOf(this.#versions[index]!, partition);
  }

  /**
   * Changes routing: `change` gets what is there and returns what shall be.
   *
   * @param ifMatch the etag that the caller saw; `*` or undefined for whatever is there
   * @throws HubError etag.mismatch, routing.invalid, routing.tooMany, routing.notFound, store.unavailable (retry); nothing is saved then
   */
  change(ifMatch: string | undefined, change: (before: RoutingRecord) => RoutingInput): Promise<RoutingRecord> {
    const turn = this.#turn.then(() => this.#change(ifMatch, change));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #change(ifMatch: string | undefined, change: (before: RoutingRecord) => RoutingInput): Promise<RoutingRecord> {
    const before = this.#current;
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== before.etag) {
      throw new HubError('etag.mismatch', 'somebody changed routing since you read it: the etag is another one');
    }
    const input = change(before);
    requireConsistent(input, this.limits);
    const record: RoutingRecord = {
      version: before.version + 1,
      etag: newEtag(this.#hub),
      savedTime: this.#hub.clock.now(),
      endpoints: input.endpoints.map((endpoint) => this.#endpointOf(endpoint, before.endpoints)),
      routes: input.routes,
      enrichments: input.enrichments,
      fallbackRoute: input.fallbackRoute,
    };
    await this.#save(record, this.#begins(record));
    for (const listener of this.#listeners) listener();
    // What was saved is saved, whatever becomes of what is not needed any more.
    await this.#forgetOld().catch(this.#onFault);
    return record;
  }

  #endpointOf(input: EndpointInput, before: readonly EndpointRecord[]): EndpointRecord {
    const known = before.find(
      ({ name, kind }) => name.toLowerCase() === input.name.toLowerCase() && kind === input.kind,
    );
    const configuration = this.#readConfiguration(input, known);
    return {
      ...input,
      configuration,
      id: known?.id ?? newGuid(this.#hub),
      createdTime: known?.createdTime ?? this.#hub.clock.now(),
    };
  }

  #readConfiguration({ name, kind, configuration }: EndpointInput, known: EndpointRecord | undefined): JsonObject {
    try {
      const adapter = this.adapters.adapter(kind);
      const restored = restoreSecrets(configuration, known?.configuration, adapter.secretFields);
      return adapter.read(restored) as unknown as JsonObject;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      throw new HubError('routing.invalid', `endpoint "${name}": ${error.message}`, { cause: error });
    }
  }

  /** The version that a record begins; undefined when it routes as the one before. */
  #begins(record: RoutingRecord): RoutingVersion | undefined {
    const { version, routes, enrichments, fallbackRoute } = record;
    const endpointIds = Object.fromEntries(record.endpoints.map(({ name, id }) => [name, id]));
    const content = { routes, enrichments, fallbackRoute, endpointIds };
    const { version: _version, appliesFrom: _appliesFrom, ...inForce } = this.routing.version;
    if (JSON.stringify(content) === JSON.stringify(inForce)) return undefined;
    return { version, appliesFrom: nextOffsets(this.#hub), ...content };
  }

  async #save(record: RoutingRecord, begins: RoutingVersion | undefined): Promise<void> {
    const saved = this.#store.save(record, begins, record.version - 1);
    const settled = saved.then((isSaved) => {
      if (!isSaved) throw new HubError('etag.mismatch', 'somebody saved routing at the same time');
      this.#current = record;
      if (begins !== undefined) this.#versions = [...this.#versions, this.#compiled(begins)];
    });
    if (begins !== undefined) {
      const done = settled.then(noop, noop).then(() => (this.#saving = undefined));
      this.#saving = { from: begins.appliesFrom, done };
    }
    await settled;
    await this.#saving?.done;
  }

  async #load(): Promise<void> {
    const [record, versions] = await Promise.all([this.#store.load(), this.#store.versions()]);
    this.#current = record ?? NOTHING_SAVED;
    const ends = nextOffsets(this.#hub);
    // A log that was repaired by hand may end before what was there when a table was saved.
    const clamped = versions.map((version) => ({
      ...version,
      appliesFrom: ends.map((end, partition) => Math.min(end, version.appliesFrom[partition] ?? 0)),
    }));
    const all = clamped.length < LIMITS.ROUTING_VERSIONS_MAX ? [FIRST_VERSION, ...clamped] : clamped;
    this.#versions = all.map((version) => this.#compiled(version));
    await this.#forgetOld();
  }

  /** Lets go of tables whose records retention has removed. */
  async #forgetOld(): Promise<void> {
    const { log } = this.#hub;
    const isOver = (next: CompiledRouting) =>
      next.version.appliesFrom.every((from, partition) => from <= log.bounds(partition).first);
    let kept = Math.max(0, this.#versions.length - LIMITS.ROUTING_VERSIONS_MAX);
    while (kept + 1 < this.#versions.length && isOver(this.#versions[kept + 1]!)) kept++;
    if (kept === 0) return;
    this.#versions = this.#versions.slice(kept);
    await this.#store.forgetVersionsBefore(this.#versions[0]!.version.version);
  }

  #compiled(version: RoutingVersion): CompiledRouting {
    return new CompiledRouting(version, hubName(this.#hub), this.#onFault);
  }
}

/** What every hub begins with: telemetry goes to the built-in endpoint. */
const NOTHING_SAVED: RoutingRecord = {
  version: 0,
  etag: 'AAAAAAAAAAA=',
  savedTime: 0,
  endpoints: [],
  routes: [],
  enrichments: [],
  fallbackRoute: { isEnabled: true },
};

const FIRST_VERSION: RoutingVersion = {
  version: 0,
  appliesFrom: [],
  routes: [],
  enrichments: [],
  fallbackRoute: { isEnabled: true },
  endpointIds: {},
};

function fromOf({ version }: CompiledRouting, partition: number): number {
  return version.appliesFrom[partition] ?? 0;
}

function nextOffsets({ log }: AppendsToLog): readonly number[] {
  return Array.from({ length: log.partitionCount }, (_, partition) => log.bounds(partition).next);
}

function noop(): void {}
