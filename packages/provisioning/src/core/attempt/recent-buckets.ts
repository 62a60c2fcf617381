import { TokenBucket } from '@viaduct/hub';

/**
 * A token bucket for each of those that were heard of lately, at most `countMax`. Whom nobody remembers has a full bucket, so that the older
 * half may be forgotten at once.
 */
export class RecentBuckets {
  readonly #generationMax: number;
  #younger = new Map<string, TokenBucket>();
  #older = new Map<string, TokenBucket>();

  constructor(countMax: number) {
    this.#generationMax = Math.ceil(countMax / 2);
  }

  get(key: string): TokenBucket {
    const known = this.#younger.get(key);
    if (known !== undefined) return known;
    const bucket = this.#older.get(key) ?? new TokenBucket();
    if (this.#younger.size >= this.#generationMax) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, bucket);
    return bucket;
  }
}
