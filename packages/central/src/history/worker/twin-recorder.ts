import type { JsonObject } from '@viaduct/contracts';
import type { DecodedRecord } from '@viaduct/hub/record';
import { pathsOf, readTwinChanges, type TwinChange, type TwinDocument, type TwinSection } from '../twin-change.ts';

/** One row of `twin_version`. */
export interface TwinVersionRecord {
  readonly key: string;
  readonly generationId: string;
  readonly version: number;
  readonly time: number;
  readonly section: TwinSection;
  readonly sectionVersion: number | null;
  readonly paths: readonly string[];
  readonly isWhole: boolean;
  readonly body: JsonObject | TwinDocument;
}

/** How far a twin's versions are counted. */
export interface TwinCount {
  readonly generationId: string;
  version: number;
  desiredVersion: number;
  /** A version is kept that others can be built from, or was asked for. */
  isFounded: boolean;
}

/** A twin as it is, for one whose beginning the log does not have any more. */
export interface FoundTwin {
  readonly key: string;
  readonly generationId: string;
  readonly twin: TwinDocument;
  readonly time: number;
}

/** Numbers the changes of every twin. What a twin looks like is worked out when somebody asks. */
export class TwinRecorder {
  readonly #counts: Map<string, TwinCount>;
  readonly #unfounded: string[] = [];

  constructor(counts: Map<string, TwinCount>) {
    this.#counts = counts;
  }

  /** The versions that an event makes; none when it tells of no change. */
  record(key: string, event: DecodedRecord, time: number): TwinVersionRecord[] {
    const { opType } = event.properties.application;
    const body = jsonIn(event.body);
    if (body === undefined) return [];
    const { generationId } = event;
    const count = this.#countOf(key, generationId);
    const isWhole = opType !== 'updateTwin';
    if (!isWhole && !count.isFounded) this.#unfounded.push(key);
    count.isFounded = true;
    return readTwinChanges(body, isWhole).map((change) => {
      const { section, sectionVersion, patch } = describe(change, count);
      if (section === 'desired') count.desiredVersion = sectionVersion ?? count.desiredVersion;
      count.version += 1;
      return {
        ...{ key, generationId, time, section, sectionVersion },
        version: count.version,
        paths: pathsOf(patch),
        isWhole: change.kind === 'whole',
        body: change.kind === 'whole' ? change.twin : change.patch,
      };
    });
  }

  /** Twins of which only changes are known, since it was last asked. */
  takeUnfounded(): string[] {
    return this.#unfounded.splice(0);
  }

  /** The version that later ones are built from: nothing of it changed just now. */
  found({ key, generationId, twin, time }: FoundTwin): TwinVersionRecord | undefined {
    const count = this.#counts.get(key);
    if (count?.generationId !== generationId) return undefined;
    count.version += 1;
    const facts = { section: 'desired', sectionVersion: null, paths: [], isWhole: true } as const;
    return { key, generationId, time, version: count.version, ...facts, body: twin };
  }

  /** Its versions go with it. */
  forget(key: string): void {
    this.#counts.delete(key);
  }

  #countOf(key: string, generationId: string): TwinCount {
    const known = this.#counts.get(key);
    if (known?.generationId === generationId) return known;
    const made = { generationId, version: 0, desiredVersion: 0, isFounded: false };
    this.#counts.set(key, made);
    return made;
  }
}

/** Whoever replaces a twin gives tags, desired or both; the version of desired tells which. */
function describe(change: TwinChange, { desiredVersion }: TwinCount) {
  if (change.kind === 'patch') return change;
  const section: TwinSection = change.desiredVersion > desiredVersion ? 'desired' : 'tags';
  const sectionVersion = section === 'desired' ? change.desiredVersion : null;
  return { section, sectionVersion, patch: change.twin[section] };
}

function jsonIn(body: Buffer): JsonObject | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as JsonObject;
  } catch {
    return undefined; // Not an event of ours.
  }
}
