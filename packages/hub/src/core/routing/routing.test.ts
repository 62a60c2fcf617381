import { LIMITS, partitionFor } from '@viaduct/contracts';
import type { FileEventLog } from '@viaduct/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createDevice } from '../registry/create-device.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import { EndpointFailure } from './endpoint.ts';
import { eventually, type RoutingUnderTest, recording, route, routingUnderTest } from './routing-under-test.ts';

let test: RoutingUnderTest;
beforeEach(async () => {
  test = await routingUnderTest();
});
afterEach(() => test.hub.close());

/** Not registered, and in the same partition as d1. */
const unknownNeighbour =
  ['n1', 'n2', 'n3', 'n4', 'n5'].find((id) => partitionFor(id, 2) === partitionFor('d1', 2)) ?? '';
const JSON_BAG = '%24.ct=application%2Fjson&%24.ce=utf-8';

/** What a reader of the built-in endpoint sees of a device's partition. */
async function seen(deviceId: string): Promise<string[]> {
  const partition = partitionFor(deviceId, test.hub.eventPartitions);
  const bodies: string[] = [];
  for (let at = 0; ; ) {
    const records = await test.hub.builtInView.read(partition, at, 1_048_576);
    if (records.length === 0) return bodies;
    for (const { data, offset } of records) {
      bodies.push(data.subarray(data.length - 1).toString());
      at = offset + 1;
    }
  }
}

describe('routes', () => {
  it('leave telemetry at the built-in endpoint while there are none', async () => {
    await test.say('d1', 'a');
    expect(await seen('d1')).toEqual(['a']);
  });

  it('take what matches away from the built-in endpoint, and only that', async () => {
    await test.say('d1', 'a', 'level=high');
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'], "level = 'high'")] });
    await test.say('d1', 'b', 'level=high');
    await test.say('d1', 'c', 'level=low');
    await test.say('d1', 'd', 'LEVEL=high');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['b', 'd']));
    expect(await seen('d1')).toEqual(['a', 'c']);
  });

  it('bring a message once to an endpoint, however many match, and keep it at the built-in one when one says so', async () => {
    await test.save({
      endpoints: [recording('x'), recording('y')],
      routes: [route('r1', ['x']), route('r2', ['x', 'y']), route('r3', ['events'], "k = 'v'")],
    });
    await test.say('d1', 'a', 'k=v');
    await test.say('d1', 'b');
    await eventually(() => expect(test.endpoints.bodies('y')).toEqual(['a', 'b']));
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a', 'b']));
    expect(await seen('d1')).toEqual(['a']);
  });

  it('drop what nobody wants when there is no fallback', async () => {
    await test.save({ fallbackRoute: { isEnabled: false } });
    await test.say('d1', 'a');
    await test.save({ fallbackRoute: { isEnabled: true } });
    await test.say('d1', 'b');
    expect(await seen('d1')).toEqual(['b']);
  });

  it('look into the body by what its sender says of it', async () => {
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'], '$body.t > 20')] });
    await test.say('d1', '{"t":21}', JSON_BAG);
    await test.say('d1', '{"t":22}');
    await test.say('d1', '{"t":19}', JSON_BAG);
    await test.say('d1', '{"t":23', JSON_BAG);
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['{"t":21}']));
  });

  it('look at the twin of the sender', async () => {
    await createDevice(test.hub, { deviceId: 'd1' }, {});
    await patchTwin(test.hub, { deviceId: 'd1' }, { tags: { floor: 3 } });
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'], '$twin.tags.floor = 3')] });
    await test.say('d1', 'a');
    await test.say(unknownNeighbour, 'b');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a']));
    expect(await seen('d1')).toEqual(['b']);
  });

  it('of happenings leave telemetry alone, and copy to the built-in endpoint what is routed there', async () => {
    await test.save({
      endpoints: [recording('x')],
      routes: [route('r', ['x', 'events'], "opType = 'createDeviceIdentity'", 'DeviceLifecycleEvents')],
    });
    await createDevice(test.hub, { deviceId: 'd1' }, {});
    await eventually(() =>
      expect(test.endpoints.taken.get('x')).toMatchObject([{ source: 'DeviceLifecycleEvents', deviceId: 'd1' }]),
    );
    await test.say('d1', 'a');
    await eventually(async () => expect((await seen('d1')).length).toBe(2));
    // The copy lies among telemetry and is none: no route takes it a second time.
    expect(test.endpoints.taken.get('x')).toHaveLength(1);
  });
});

describe('enrichments', () => {
  it('are stamped for the endpoints they name, with the literal text where the twin has no such member', async () => {
    await createDevice(test.hub, { deviceId: 'd1' }, {});
    await patchTwin(test.hub, { deviceId: 'd1' }, { tags: { place: { floor: 3 } } });
    await test.save({
      endpoints: [recording('x'), recording('y')],
      routes: [route('r', ['x', 'y', 'events'])],
      enrichments: [
        { key: 'hub', value: '$iothubname', endpointNames: ['x'] },
        { key: 'floor', value: '$twin.tags.place.floor', endpointNames: ['x', 'events'] },
        { key: 'place', value: '$twin.tags.place', endpointNames: ['x'] },
        { key: 'missing', value: '$twin.tags.building', endpointNames: ['x'] },
        { key: 'own', value: 'ours', endpointNames: ['x', 'events'] },
      ],
    });
    await test.say('d1', 'a', 'own=theirs');
    await eventually(() =>
      expect(test.endpoints.taken.get('x')?.[0]?.application).toEqual({
        ...{ hub: 'myhub', floor: '3', place: '{"floor":3}', missing: '$twin.tags.building', own: 'ours' },
      }),
    );
    await eventually(() => expect(test.endpoints.taken.get('y')?.[0]?.application).toEqual({ own: 'theirs' }));
    const partition = partitionFor('d1', 2);
    const [event] = await test.hub.builtInView.read(partition, 0, 1_000);
    expect(event?.data.toString('latin1')).toContain('floor=3&own=ours&own=theirs');
  });

  it('that make a message too large drop it, and that is counted', async () => {
    await test.save({
      endpoints: [recording('x')],
      routes: [route('r', ['x'])],
      enrichments: [{ key: 'k', value: 'v'.repeat(4_000), endpointNames: ['x'] }],
    });
    await test.say('d1', 'x'.repeat(LIMITS.TELEMETRY_BYTES_MAX - 100));
    await test.say('d1', 'small');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['small']));
    expect(test.hub.endpointWorkers.states).toMatchObject([{ skippedMessages: 1, health: 'degraded' }]);
    await eventually(async () =>
      expect(await test.hub.endpointWorkers.losses('x')).toMatchObject([{ kind: 'tooLarge', deviceId: 'd1' }]),
    );
  });
});

describe('the built-in endpoint', () => {
  it('ends where its readers see it end', async () => {
    const partition = partitionFor('d1', 2);
    await test.say('d1', 'a');
    const before = test.hub.builtInView.bounds(partition);
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'])] });
    await test.say('d1', 'b');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['b']));
    expect(test.hub.builtInView.bounds(partition)).toEqual(before);
    expect(test.hub.log.bounds(partition).next).toBe(before.next + 1);
    test.hub = await test.hub.reopened();
    expect(test.hub.builtInView.bounds(partition)).toMatchObject({ next: before.next });
    await test.save({ routes: [] });
    await test.say('d1', 'c');
    expect(test.hub.builtInView.bounds(partition).next).toBe(before.next + 2);
  });

  it('wakes a reader for what it sees, and not for what is hidden', async () => {
    const partition = partitionFor('d1', 2);
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'], "k = 'v'")] });
    let woken = false;
    const waiting = test.hub.builtInView.wait(partition, 0, new AbortController().signal).then((isMore) => {
      woken = isMore;
    });
    await test.say('d1', 'a', 'k=v');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a']));
    expect(woken).toBe(false);
    await test.say('d1', 'b');
    await waiting;
    expect(woken).toBe(true);
    expect((await test.hub.builtInView.read(partition, 0, 1_000)).map(({ offset }) => offset)).toEqual([1]);
  });
});

describe('an endpoint', () => {
  it('that fails gets the same messages again, in order, and nobody else waits', async () => {
    let failures = 2;
    test.endpoints.onDeliver = (to) => {
      if (to === 'x' && failures-- > 0) throw new EndpointFailure('transient', 'nothing listens there');
    };
    await test.save({ endpoints: [recording('x'), recording('y')], routes: [route('r', ['x', 'y'])] });
    await test.say('d1', 'a');
    await test.say('d1', 'b');
    await eventually(() => expect(test.endpoints.bodies('y')).toEqual(['a', 'b']));
    expect(test.hub.endpointWorkers.states[0]).toMatchObject({
      health: 'unhealthy',
      lastError: { message: 'nothing listens there' },
      lagMessages: 2,
    });
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a', 'b']));
    expect(test.hub.endpointWorkers.states[0]).toMatchObject({
      health: 'healthy',
      lagMessages: 0,
      deliveredMessages: 2,
    });
  });

  it('that refuses one message for ever gets the others, and the one is booked', async () => {
    test.endpoints.onDeliver = (_, messages) => {
      const bad = messages.find(({ body }) => body.toString() === 'b');
      if (bad !== undefined) throw new EndpointFailure('permanent', 'too large for it', { poison: bad });
    };
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'])] });
    for (const body of ['a', 'b', 'c']) await test.say('d1', body);
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a', 'c']));
    await eventually(async () =>
      expect(await test.hub.endpointWorkers.losses('x')).toMatchObject([
        { kind: 'refused', count: 1, deviceId: 'd1', message: 'too large for it' },
      ]),
    );
  });

  it('goes on where it was after a restart', async () => {
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'])] });
    await test.say('d1', 'a');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a']));
    test.hub = await test.hub.reopened();
    await test.say('d1', 'b');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a', 'b']));
  });

  it('that is paused gets what came meanwhile when it goes on', async () => {
    await test.save({ endpoints: [{ ...recording('x'), isPaused: true }], routes: [route('r', ['x'])] });
    await test.say('d1', 'a');
    expect(test.hub.endpointWorkers.states).toMatchObject([{ health: 'paused', lagMessages: 1 }]);
    await test.save({ endpoints: [recording('x')] });
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a']));
  });

  it('is given each record by the table of its time', async () => {
    test.endpoints.onDeliver = () => {
      throw new EndpointFailure('transient', 'not yet');
    };
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'], "k = 'v'")] });
    await test.say('d1', 'a', 'k=v');
    await test.say('d1', 'b');
    await test.save({ routes: [] });
    await test.say('d1', 'c', 'k=v');
    test.endpoints.onDeliver = () => undefined;
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a']));
    expect(await seen('d1')).toEqual(['b', 'c']);
  });

  it('that retention overtakes is told how many messages it did not get, from when to when, and goes on', async () => {
    let isDown = true;
    test.endpoints.onDeliver = () => {
      if (isDown) throw new EndpointFailure('permanent', 'no such queue');
    };
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'])] });
    const began = test.hub.clock.now();
    for (let n = 0; n < 20; n++) await test.say('d1', `${n} ${'x'.repeat(200_000)}`);
    await eventually(() => expect(test.hub.endpointWorkers.states).toMatchObject([{ health: 'dead' }]));
    test.hub.clock.advance(8 * 86_400);
    await test.say('d1', 'newest');
    await (test.hub.log as FileEventLog).applyRetention();
    isDown = false;
    await test.save({ endpoints: [{ ...recording('x'), isPaused: true }] });
    await test.save({ endpoints: [recording('x')] });
    await eventually(() => expect(test.endpoints.bodies('x').at(-1)).toBe('newest'));

    const [loss] = await test.hub.endpointWorkers.losses('x');
    expect(loss).toMatchObject({ kind: 'overtaken', fromTime: began, toTime: began });
    expect(loss?.message).toContain(`${loss?.count} messages lost, from 2030-01-01T00:00:00.000Z to 2030-01-01T`);
    expect(test.endpoints.bodies('x').length + (loss?.count ?? 0)).toBe(21);
    expect(test.hub.endpointWorkers.states).toMatchObject([{ health: 'degraded', lostMessages: loss?.count }]);
  });

  it('forgets how far a removed namesake was', async () => {
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'])] });
    await test.say('d1', 'a');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a']));
    await test.save({ endpoints: [], routes: [] });
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'])] });
    await test.say('d1', 'b');
    await eventually(() => expect(test.endpoints.bodies('x')).toEqual(['a', 'b']));
  });
});

describe('saving', () => {
  it('is whole or not at all', async () => {
    await test.save({ endpoints: [recording('x')], routes: [route('r', ['x'])] });
    const saved = test.hub.routing.current;
    for (const wrong of [
      { routes: [route('r', ['nowhere'])] },
      { routes: [route('r', ['x']), route('R', ['x'])] },
      { endpoints: [] },
      { endpoints: [{ ...recording('x'), kind: 'none' }] },
    ]) {
      await expect(test.save(wrong)).rejects.toMatchObject({ code: 'routing.invalid' });
    }
    expect(test.hub.routing.current).toBe(saved);
  });

  it('refuses whoever read before somebody else saved', async () => {
    const { etag } = test.hub.routing.current;
    await test.save({ endpoints: [recording('x')] });
    const late = test.hub.routing.change(etag, (before) => before);
    await expect(late).rejects.toMatchObject({ code: 'etag.mismatch' });
  });

  it('keeps secrets out of sight, and as they were when they come back unseen', async () => {
    const withPassword = { ...recording('x'), configuration: { to: 'x', password: 'secret' } };
    await test.save({ endpoints: [withPassword] });
    await test.save({ endpoints: [{ ...withPassword, configuration: { to: 'x', password: '****' } }] });
    expect(test.hub.routing.current.endpoints[0]?.configuration).toMatchObject({ password: 'secret' });
    test.hub = await test.hub.reopened();
    expect(test.hub.routing.current.endpoints[0]?.configuration).toMatchObject({ password: 'secret' });
  });
});
