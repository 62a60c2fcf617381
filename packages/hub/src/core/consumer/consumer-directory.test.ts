import { HubError } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { type Consumer, ConsumerDirectory } from './consumer-directory.ts';

interface Reader extends Consumer {
  readonly stolenBy: HubError[];
}

function reader(ownerLevel?: number): Reader {
  const stolenBy: HubError[] = [];
  const facts = { name: 'r', transport: 'amqp', remoteAddress: '::1', connectedTime: 0, nextOffset: 0 } as const;
  return { ...facts, ownerLevel, stolenBy, end: (reason) => stolenBy.push(reason) };
}

describe('ConsumerDirectory', () => {
  it('lets five readers share a partition and refuses the sixth until one leaves', () => {
    const directory = new ConsumerDirectory();
    const leave = Array.from({ length: 5 }, () => directory.enter('$Default', 0, reader()));
    expect(() => directory.enter('$default', 0, reader())).toThrow(/5 readers share/);
    leave[0]?.();
    directory.enter('$Default', 0, reader());
  });

  it('keeps groups and partitions apart', () => {
    const directory = new ConsumerDirectory();
    const owner = reader(3);
    directory.enter('a', 0, owner);
    directory.enter('a', 1, reader(1));
    directory.enter('b', 0, reader());
    expect(owner.stolenBy).toEqual([]);
  });

  it('gives the partition to an owner level that is the same or higher', () => {
    const directory = new ConsumerDirectory();
    const [first, same, higher] = [reader(1), reader(1), reader(2)];
    for (const each of [first, same, higher]) directory.enter('g', 0, each);
    expect(first.stolenBy).toMatchObject([{ code: 'consumer.stolen' }]);
    expect(same.stolenBy).toMatchObject([{ code: 'consumer.stolen' }]);
    expect(higher.stolenBy).toEqual([]);
  });

  it('refuses lower owner levels and readers without one while an owner reads', () => {
    const directory = new ConsumerDirectory();
    const leave = directory.enter('g', 0, reader(2));
    expect(() => directory.enter('g', 0, reader(1))).toThrow(/owner level 2/);
    expect(() => directory.enter('g', 0, reader())).toThrow(/owner level 2/);
    leave();
    directory.enter('g', 0, reader());
  });

  it('evicts readers without an owner level when an owner comes', () => {
    const directory = new ConsumerDirectory();
    const shared = [reader(), reader()];
    for (const each of shared) directory.enter('g', 0, each);
    directory.enter('g', 0, reader(0));
    expect(shared.map(({ stolenBy }) => stolenBy.length)).toEqual([1, 1]);
  });

  it('ends the readers of a group that is gone, and leaves the others alone', () => {
    const directory = new ConsumerDirectory();
    const [gone, other] = [[reader(), reader(), reader(1)], reader()];
    const leave = [
      directory.enter('g', 0, gone[0]!),
      directory.enter('G', 0, gone[1]!),
      directory.enter('g', 2, gone[2]!),
    ];
    directory.enter('h', 0, other);
    expect(directory.of('g').map(({ partition }) => partition)).toEqual([0, 0, 2]);
    directory.endGroup('g', new HubError('consumerGroup.notFound', 'removed'));
    expect(gone.map(({ stolenBy }) => stolenBy.length)).toEqual([1, 1, 1]);
    for (const each of leave) each();
    expect([other.stolenBy.length, directory.of('g').length, directory.size]).toEqual([0, 0, 1]);
  });
});
