import { describe, expect, it } from 'vitest';
import { SendBacklog } from './send-backlog.ts';

/** A connection whose answers the test gives. */
function connection() {
  const asked: { item: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  const send = (item: number) =>
    new Promise<void>((resolve, reject) => {
      asked.push({ item, resolve, reject });
    });
  return { asked, send };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('SendBacklog', () => {
  it('sends in order, one at a time, and each once it is acknowledged', async () => {
    const { asked, send } = connection();
    const backlog = new SendBacklog<number>(() => undefined);
    backlog.attach(send);
    backlog.push(1);
    backlog.push(2);
    expect(asked.map(({ item }) => item)).toEqual([1]);
    asked[0]?.resolve();
    await settled();
    expect(asked.map(({ item }) => item)).toEqual([1, 2]);
    expect(backlog.statistics).toEqual({ waiting: 1, sent: 1, failed: 0, dropped: 0 });
  });

  it('keeps the newest while offline, and counts what it dropped', () => {
    const { asked, send } = connection();
    const backlog = new SendBacklog<number>(() => undefined, 3);
    for (const item of [1, 2, 3, 4, 5]) backlog.push(item);
    expect(backlog.statistics).toEqual({ waiting: 3, sent: 0, failed: 0, dropped: 2 });
    backlog.attach(send);
    expect(asked.map(({ item }) => item)).toEqual([3]);
  });

  it('keeps what could not be sent and tries it again with the next item', async () => {
    const { asked, send } = connection();
    const errors: unknown[] = [];
    const backlog = new SendBacklog<number>((error) => errors.push(error));
    backlog.attach(send);
    backlog.push(1);
    asked[0]?.reject(new Error('offline'));
    await settled();
    expect(errors).toHaveLength(1);
    backlog.push(2);
    expect(asked.map(({ item }) => item)).toEqual([1, 1]);
  });

  it('sends again over a new connection what the old one never answered, and ignores its late answer', async () => {
    const old = connection();
    const fresh = connection();
    const backlog = new SendBacklog<number>(() => undefined);
    backlog.attach(old.send);
    backlog.push(1);
    backlog.detach();
    backlog.attach(fresh.send);
    old.asked[0]?.resolve();
    await settled();
    expect(fresh.asked.map(({ item }) => item)).toEqual([1]);
    expect(backlog.statistics).toMatchObject({ waiting: 1, sent: 0 });
  });
});
