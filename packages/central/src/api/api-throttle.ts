import { HubError, LIMITS } from '@viaduct/contracts';
import { type Clock, type Rate, TokenBucket } from '@viaduct/hub';
import type { OperationId } from './operation-table.ts';

/** Azure's rates of the interface, an application's share: for programs that will meet the real service. */
export class ApiThrottle {
  readonly #clock: Clock;
  readonly #isStrict: boolean;
  readonly #queries = new TokenBucket();
  readonly #others = new TokenBucket();

  constructor(clock: Clock, isStrict: boolean) {
    this.#clock = clock;
    this.#isStrict = isStrict;
  }

  /** @throws HubError throttle.exceeded (retry) */
  take(id: OperationId): void {
    if (!this.#isStrict) return;
    const isQuery = id === 'Query_Run';
    const perSecond = isQuery ? LIMITS.API_QUERIES_PER_SECOND_STRICT : LIMITS.API_REQUESTS_PER_SECOND_STRICT;
    this.#takeFrom(isQuery ? this.#queries : this.#others, { perSecond, burst: perSecond }, isQuery);
  }

  #takeFrom(bucket: TokenBucket, rate: Rate, isQuery: boolean): void {
    const now = this.#clock.now();
    if (bucket.waitMs(rate, 1, now) > 0) {
      const what = isQuery ? 'query' : 'requests';
      throw new HubError('throttle.exceeded', `the strict profile lets ${rate.perSecond} ${what} a second through`);
    }
    bucket.take(rate, 1, now);
  }
}
