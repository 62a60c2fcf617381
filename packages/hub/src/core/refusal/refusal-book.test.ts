import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { NewRefusal } from '../ports.ts';
import { RefusalBook } from './refusal-book.ts';

let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
});
afterEach(() => hub.close());

describe('RefusalBook', () => {
  it('counts equal refusals, with the newest words, and starts anew after ten quiet minutes', async () => {
    hub.refusals.record(refusal('d1', { message: 'expired 1 h ago' }));
    hub.clock.advance(600);
    hub.refusals.record(refusal('d1', { message: 'expired 2 h ago' }));
    hub.refusals.record(refusal('d1', { code: 'device.disabled' }));
    const start = hub.clock.now() - 600_000;
    hub.clock.advance(601);
    hub.refusals.record(refusal('d1'));
    const found = await hub.refusals.list('d1');
    expect(found.map(({ code, count }) => [code, count])).toEqual([
      ['credential.expired', 1],
      ['device.disabled', 1],
    ]);
    expect(start).toBeLessThan(hub.clock.now());
  });

  it('remembers over a restart, newest first', async () => {
    hub.refusals.record(refusal('d1', { remoteAddress: '10.0.0.1' }));
    hub.clock.advance(1);
    hub.refusals.record(refusal('d1', { remoteAddress: '10.0.0.2' }));
    hub.refusals.record(refusal('d1', { remoteAddress: '10.0.0.2' }));
    hub = await hub.reopened();
    const found = await hub.refusals.list('d1');
    expect(found.map(({ remoteAddress, count }) => [remoteAddress, count])).toEqual([
      ['10.0.0.2', 2],
      ['10.0.0.1', 1],
    ]);
  });

  it('books ids that cannot be ids under nobody', async () => {
    hub.refusals.record(refusal('no/id'));
    hub.refusals.record(refusal(null, { remoteAddress: 'x'.repeat(1_000) }));
    expect(await hub.refusals.list(null)).toHaveLength(2);
    hub = await hub.reopened();
    expect(await hub.refusals.list(null)).toHaveLength(2);
  });

  it('keeps the newest of one device, in memory and on disk', async () => {
    for (let i = 0; i < 60; i++) {
      hub.refusals.record(refusal('d1', { remoteAddress: `10.0.0.${i}` }));
      hub.clock.advance(1);
    }
    hub = await hub.reopened();
    const found = await hub.refusals.list('d1');
    expect(found).toHaveLength(LIMITS.REFUSALS_PER_DEVICE_MAX);
    expect(found[0]?.remoteAddress).toBe('10.0.0.59');
  });

  it('stays bounded in a flood of made-up ids, in memory and on disk, and still knows the last', async () => {
    for (let i = 0; i < 3 * LIMITS.REFUSALS_MAX; i++) hub.refusals.record(refusal(`made-up-${i}`));
    expect(hub.refusals.recentCount).toBe(LIMITS.REFUSALS_MAX);
    const last = `made-up-${3 * LIMITS.REFUSALS_MAX - 1}`;
    expect(await hub.refusals.list(last)).toHaveLength(1);
    hub = await hub.reopened();
    expect(await hub.refusals.list(last)).toHaveLength(1);
    expect(await hub.refusals.list('made-up-0')).toHaveLength(0);
  });

  it('tells listeners at once, and survives one that throws', () => {
    const faults: unknown[] = [];
    const book = new RefusalBook({ list: async () => [], save: async () => {} }, hub.clock, {
      onFault: (fault) => faults.push(fault),
    });
    const heard: number[] = [];
    book.onRefusal(() => {
      throw new RangeError('listener');
    });
    const stop = book.onRefusal(({ count }) => heard.push(count));
    book.record(refusal('d1'));
    book.record(refusal('d1'));
    stop();
    book.record(refusal('d1'));
    expect(heard).toEqual([1, 2]);
    expect(faults).toHaveLength(3);
  });

  it('keeps what the store cannot take now for later', async () => {
    let isFull = true;
    const saved: number[] = [];
    const book = new RefusalBook(
      {
        list: async () => [],
        save: async (refusals) => {
          if (isFull) throw new RangeError('disk full');
          saved.push(refusals.length);
        },
      },
      hub.clock,
      { intervalMs: 1, onFault: () => (isFull = false) },
    );
    book.record(refusal('d1'));
    await expect.poll(() => saved).toEqual([1]);
    await book.close();
  });
});

function refusal(deviceId: string | null, changes: Partial<NewRefusal> = {}): NewRefusal {
  return {
    deviceId,
    code: 'credential.expired',
    message: 'the token expired',
    transport: 'mqtt',
    remoteAddress: '10.0.0.1',
    ...changes,
  };
}
