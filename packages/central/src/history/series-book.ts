import { type DeviceIdentity, identityKey } from '@viaduct/contracts';
import type { Series, SeriesName } from './history.ts';

/** Every series there is, in memory, by who measures it and by what is measured. About 200 bytes each. */
export class SeriesBook {
  readonly #byIdentity = new Map<string, Series[]>();
  readonly #byName = new Map<string, Map<number, Series>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(series: readonly Series[]): void {
    for (const each of series) {
      const key = keyOf(each);
      const ofIdentity = this.#byIdentity.get(key);
      if (ofIdentity === undefined) this.#byIdentity.set(key, [each]);
      else ofIdentity.push(each);
      const name = nameKey(each);
      const named = this.#byName.get(name);
      if (named === undefined) this.#byName.set(name, new Map([[each.seriesId, each]]));
      else named.set(each.seriesId, each);
    }
    this.#size += series.length;
  }

  /** @param key as `identityKey` has it */
  remove(key: string): void {
    const gone = this.#byIdentity.get(key) ?? [];
    this.#byIdentity.delete(key);
    this.#size -= gone.length;
    for (const each of gone) {
      const named = this.#byName.get(nameKey(each));
      named?.delete(each.seriesId);
      if (named?.size === 0) this.#byName.delete(nameKey(each));
    }
  }

  clear(): void {
    this.#byIdentity.clear();
    this.#byName.clear();
    this.#size = 0;
  }

  of(identity: DeviceIdentity): readonly Series[] {
    return this.#byIdentity.get(identityKey(identity)) ?? [];
  }

  named({ moduleId = '', component = '', name }: SeriesName, deviceIds?: readonly string[]): readonly Series[] {
    if (deviceIds === undefined) return [...(this.#byName.get(nameKey({ moduleId, component, name }))?.values() ?? [])];
    return deviceIds.flatMap((deviceId) =>
      (this.#byIdentity.get(keyOf({ deviceId, moduleId })) ?? []).filter(
        (each) => each.name === name && each.component === component,
      ),
    );
  }
}

function keyOf({ deviceId, moduleId }: { readonly deviceId: string; readonly moduleId: string }): string {
  return identityKey(moduleId === '' ? { deviceId } : { deviceId, moduleId });
}

/** NUL is no part of an id; in a name that has one, two names may share a key, and the later filter by device tells them apart. */
function nameKey({ moduleId, component, name }: { moduleId: string; component: string; name: string }): string {
  return `${moduleId}\0${component}\0${name}`;
}
