import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { addConsumerGroup } from './add-consumer-group.ts';
import type { Consumer } from './consumer-directory.ts';
import { listConsumerGroups } from './list-consumer-groups.ts';
import { removeConsumerGroup } from './remove-consumer-group.ts';

let hub: TemporaryHub;
beforeEach(async () => {
  hub = await temporaryHub();
});
afterEach(() => hub.close());

const names = (of: TemporaryHub) => listConsumerGroups(of).map(({ name }) => name);

describe('consumer groups', () => {
  it('are there after a restart, $Default with the age of the event hub', async () => {
    const created = hub.clock.now();
    hub.clock.advance(60);
    await addConsumerGroup(hub, 'Alarms');
    await addConsumerGroup(hub, 'archive');
    await removeConsumerGroup(hub, 'archive');
    hub.clock.advance(60);
    hub = await hub.reopened();
    expect(listConsumerGroups(hub)).toEqual([
      { name: '$Default', createdTime: created, readers: [] },
      { name: 'Alarms', createdTime: created + 60_000, readers: [] },
    ]);
    expect(hub.consumerGroups.eventHubCreatedTime).toBe(created);
  });

  it('have one name in whatever case, and adding one again changes nothing', async () => {
    const first = await addConsumerGroup(hub, 'Alarms');
    expect(first.isNew).toBe(true);
    hub.clock.advance(1);
    expect(await addConsumerGroup(hub, 'ALARMS')).toEqual({ group: first.group, isNew: false });
    expect(await addConsumerGroup(hub, '$default')).toMatchObject({ group: { name: '$Default' }, isNew: false });
    const [one, two] = await Promise.all([addConsumerGroup(hub, 'twice'), addConsumerGroup(hub, 'Twice')]);
    expect([one.isNew, two.isNew, two.group]).toEqual([true, false, one.group]);
    expect(names(hub)).toEqual(['$Default', 'Alarms', 'twice']);
  });

  it('are so many and no more, even when asked for all at once', async () => {
    const asked = Array.from({ length: LIMITS.CONSUMER_GROUPS_MAX + 5 }, (_, i) => addConsumerGroup(hub, `g${i}`));
    const settled = await Promise.allSettled(asked);
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(Array.from({ length: 6 }, () => 'consumerGroup.tooMany'));
    expect(names(hub)).toHaveLength(LIMITS.CONSUMER_GROUPS_MAX);
  });

  it('do not have just any name', async () => {
    const tooLong = 'x'.repeat(LIMITS.CONSUMER_GROUP_NAME_CHARACTERS_MAX + 1);
    for (const name of ['', 'with space', '$Mine', 'a/b', '.dot', 'ü', tooLong]) {
      await expect(addConsumerGroup(hub, name), name).rejects.toMatchObject({ code: 'argument.invalid' });
    }
  });

  it('go when they are there, all but $Default', async () => {
    await expect(removeConsumerGroup(hub, 'none')).rejects.toMatchObject({ code: 'consumerGroup.notFound' });
    await expect(removeConsumerGroup(hub, '$DEFAULT')).rejects.toMatchObject({ code: 'argument.invalid' });
    expect(names(hub)).toEqual(['$Default']);
  });

  it('show who reads, where, and how much of the partition is still to come', async () => {
    const reader: Consumer = {
      ownerLevel: 0,
      name: 'charts',
      transport: 'amqp',
      remoteAddress: '192.0.2.1',
      connectedTime: hub.clock.now(),
      nextOffset: 1,
      end: () => undefined,
    };
    for (let i = 0; i < 5; i++) await hub.log.append(1, Buffer.from('x'));
    hub.consumers.enter('$Default', 1, reader);
    hub.consumers.enter('$Default', 0, { ...reader, ownerLevel: undefined, nextOffset: undefined });
    expect(listConsumerGroups(hub)[0]?.readers).toMatchObject([
      { partition: 0, ownerLevel: null, nextOffset: null, lag: null },
      { partition: 1, name: 'charts', ownerLevel: 0, remoteAddress: '192.0.2.1', nextOffset: 1, lag: 4 },
    ]);
  });
});
