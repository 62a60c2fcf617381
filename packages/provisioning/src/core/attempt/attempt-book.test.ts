import { HubError, LIMITS } from '@viaduct/contracts';
import { StillClock } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRecord, AttemptStore, NewAttempt } from '../ports.ts';
import { AttemptBook } from './attempt-book.ts';

let kept: AttemptRecord[];
let failure: Error | undefined;
let clock: StillClock;
let book: AttemptBook;
const faults: unknown[] = [];
const store: AttemptStore = {
  list: async ({ limit }) => kept.slice(-limit).reverse(),
  async save(attempts) {
    if (failure !== undefined) throw failure;
    kept.push(...attempts);
  },
  lastId: async () => 7,
};

beforeEach(async () => {
  [kept, failure, clock] = [[], undefined, new StillClock()];
  book = await AttemptBook.open(store, clock, (fault) => faults.push(fault));
});
afterEach(() => book.close());

function attempt(changes: Partial<NewAttempt> = {}): NewAttempt {
  return {
    ...{ registrationId: 'dev1', enrollmentKind: null, enrollmentId: null, credential: 'none', transport: 'mqtt' },
    ...{ remoteAddress: '::ffff:192.0.2.7', outcome: 'refused', substatus: null, assignedHub: null, deviceId: null },
    ...{ code: 'credential.missing', message: 'm', durationMs: null, ...changes },
  };
}

describe('AttemptBook', () => {
  it('tells and lists an attempt at once, and has written it when it closes', async () => {
    const heard: AttemptRecord[] = [];
    const stop = book.onAttempt((one) => heard.push(one));
    book.record(attempt());
    book.record(attempt({ registrationId: 'no id!', message: 'x'.repeat(10_000), outcome: 'failed' }));
    stop();
    book.record(attempt({ outcome: 'assigned' }));
    expect(heard.map(({ id, registrationId }) => [id, registrationId])).toEqual([
      [8, 'dev1'],
      [9, null],
    ]);
    expect(heard[1]?.message).toHaveLength(LIMITS.REASON_CHARACTERS_MAX);
    expect((await book.list({ limit: 2 })).map(({ id }) => id)).toEqual([10, 9]);
    expect((await book.list({ registrationId: 'DEV1', limit: 9 })).map(({ id }) => id)).toEqual([10, 8]);
    await book.close();
    expect(kept.map(({ id, remoteAddress }) => [id, remoteAddress])).toEqual([8, 9, 10].map((id) => [id, '192.0.2.7']));
  });

  it('lets no address fill the book with its refusals, and counts what it leaves out', async () => {
    for (let i = 0; i < 1_000; i++) book.record(attempt());
    book.record(attempt({ remoteAddress: '192.0.2.8' }));
    book.record(attempt({ outcome: 'assigned' }));
    expect(await book.list({ limit: 10_000 })).toHaveLength(202);
    expect(book.unbooked).toBe(800);
    clock.advance(1_000);
    for (let i = 0; i < 10; i++) book.record(attempt());
    expect(book.unbooked).toBe(808);
  });

  it('bounds what waits for a disk that fails, and says what it could not write', async () => {
    failure = new HubError('store.unavailable', 'the disk is full');
    for (let i = 0; i <= LIMITS.ATTEMPTS_UNSAVED_MAX; i++) book.record(attempt({ outcome: 'failed' }));
    expect(await book.list({ limit: 100_000 })).toHaveLength(LIMITS.ATTEMPTS_UNSAVED_MAX);
    await book.close();
    expect(faults).toEqual([failure]);
    expect(kept).toEqual([]);
  });
});
