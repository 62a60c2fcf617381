import { LIMITS } from '@viaduct/contracts';
import type { Series } from '../history.ts';

/** A device or module that was heard, as it is now: a name that was given to another device is another one. */
export class KnownIdentity {
  readonly key: string;
  readonly deviceId: string;
  readonly moduleId: string;
  readonly generationId: string;
  readonly #series = new Map<string, Map<string, number>>();
  #count = 0;

  constructor(key: string, deviceId: string, moduleId: string, generationId: string) {
    this.key = key;
    this.deviceId = deviceId;
    this.moduleId = moduleId;
    this.generationId = generationId;
  }

  get isFull(): boolean {
    return this.#count >= LIMITS.SERIES_PER_DEVICE_MAX;
  }

  get seriesCount(): number {
    return this.#count;
  }

  /** The series of a component, by name. */
  namesOf(component: string): ReadonlyMap<string, number> | undefined {
    return this.#series.get(component);
  }

  add({ component, name, seriesId }: Pick<Series, 'component' | 'name' | 'seriesId'>): void {
    const names = this.#series.get(component);
    if (names === undefined) this.#series.set(component, new Map([[name, seriesId]]));
    else names.set(name, seriesId);
    this.#count += 1;
  }

  seriesIds(): number[] {
    return [...this.#series.values()].flatMap((names) => [...names.values()]);
  }
}
