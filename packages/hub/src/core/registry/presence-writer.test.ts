import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { listConnections } from '../connection/list-connections.ts';
import { isoTime } from '../record/append-happening.ts';
import { createDevice } from './create-device.ts';
import { deleteDevice } from './delete-device.ts';
import { getDeviceWithPresence } from './get-device.ts';
import { PresenceWriter } from './presence-writer.ts';

const d1 = { deviceId: 'd1' };
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
});
afterEach(() => hub.close());

describe('PresenceWriter', () => {
  it('records coming and going in order, with numbers that rise', async () => {
    const writer = new PresenceWriter(hub);
    for (let i = 0; i < 20; i++) {
      const session = new RecordingSession(d1, hub.clock.now());
      hub.sessions.enter(session);
      hub.sessions.leave(session, null, hub.clock.now());
    }
    await writer.close();
    const events = (await hub.happenings()).filter((each) => each.source === 4);
    expect(events.map((each) => each.properties.application.opType)).toEqual(
      Array.from({ length: 20 }, () => ['deviceConnected', 'deviceDisconnected']).flat(),
    );
    const numbers = events.map((each) => String(each.json.sequenceNumber));
    expect(numbers[0]).toMatch(/^[0-9A-F]{64}$/);
    expect(new Set(numbers).size).toBe(40);
    expect([...numbers].sort()).toEqual(numbers);
  });

  it('has a pair for every connection when newer ones take over, however late the older ones notice', async () => {
    const writer = new PresenceWriter(hub);
    const sessions = Array.from({ length: 5 }, () => new RecordingSession(d1, hub.clock.now()));
    for (const session of sessions) hub.sessions.enter(session);
    for (const session of [...sessions, ...sessions]) hub.sessions.leave(session, null, hub.clock.now());
    await writer.close();
    const told = (await hub.happenings()).filter((each) => each.source === 4);
    expect(told.map((each) => each.properties.application.opType)).toEqual(
      sessions.flatMap(() => ['deviceConnected', 'deviceDisconnected']),
    );
    expect(sessions.map(({ closedWith }) => closedWith?.code)).toEqual([
      ...Array(4).fill('connection.replaced'),
      undefined,
    ]);
  });

  it('goes on counting upwards after a restart', async () => {
    const first = new PresenceWriter(hub);
    hub.sessions.enter(new RecordingSession(d1, hub.clock.now()));
    await first.close();
    hub = await hub.reopened();
    hub.clock.advance(1);
    const second = new PresenceWriter(hub);
    hub.sessions.enter(new RecordingSession(d1, hub.clock.now()));
    await second.close();
    const numbers = (await hub.happenings())
      .filter((each) => each.source === 4)
      .map((each) => each.json.sequenceNumber);
    expect(numbers).toEqual([...numbers].sort());
    expect(new Set(numbers).size).toBe(2);
  });

  it('writes behind who is connected and when it was active last', async () => {
    const writer = new PresenceWriter(hub, { intervalMs: 5 });
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    await expect.poll(() => hub.registry.findPresence(d1)).toMatchObject({ connected: true });
    session.lastActivityTime += 60_000;
    await expect
      .poll(() => hub.registry.findPresence(d1))
      .toMatchObject({ connected: true, lastActivityTime: session.lastActivityTime });
    hub.clock.advance(90);
    hub.sessions.leave(session, null, hub.clock.now());
    await writer.close();
    expect(await hub.registry.findPresence(d1)).toEqual({
      connected: false,
      connectionStateUpdatedTime: hub.clock.now(),
      // That it was found missing is no activity of the device.
      lastActivityTime: session.lastActivityTime,
    });
  });

  it('writes nothing for an identity that is gone', async () => {
    const writer = new PresenceWriter(hub);
    hub.sessions.enter(new RecordingSession({ deviceId: 'ghost' }, hub.clock.now()));
    await writer.close();
    expect((await hub.happenings()).filter((each) => each.source === 4)).toEqual([]);
    expect(await hub.registry.findPresence({ deviceId: 'ghost' })).toMatchObject({ connected: false });
  });

  it('tells of a record that the log refuses, and still keeps presence', async () => {
    const faults: unknown[] = [];
    const broken = {
      ...hub,
      log: Object.assign(Object.create(hub.log), { append: () => Promise.reject(new RangeError('full')) }),
    };
    const writer = new PresenceWriter(broken, { onFault: (fault) => faults.push(fault) });
    hub.sessions.enter(new RecordingSession(d1, hub.clock.now()));
    await writer.close();
    expect(faults).toHaveLength(1);
    expect(await hub.registry.findPresence(d1)).toMatchObject({ connected: true });
  });

  it('counts a request without a connection as activity, at once for who asks and soon in the store', async () => {
    const writer = new PresenceWriter(hub, { intervalMs: 5 });
    const heardTime = hub.clock.now() + 1_000;
    hub.sessions.activity.note(d1, heardTime);
    expect(await getDeviceWithPresence(hub, d1)).toMatchObject({ connected: false, lastActivityTime: heardTime });
    hub.clock.advance(11);
    await expect
      .poll(() => hub.registry.findPresence(d1))
      .toEqual({ connected: false, connectionStateUpdatedTime: 0, lastActivityTime: heardTime });
    hub.sessions.activity.note(d1, heardTime + 5_000);
    await writer.close();
    expect(await hub.registry.findPresence(d1)).toMatchObject({ lastActivityTime: heardTime + 5_000 });
  });
});

describe('PresenceWriter and a device that is deleted while it is connected', () => {
  it('tells that it left, as the one it was, and stores nothing for a namesake', async () => {
    const before = await hub.registry.find(d1);
    const writer = new PresenceWriter(hub, { intervalMs: 5 });
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    await expect.poll(() => hub.registry.findPresence(d1)).toMatchObject({ connected: true });
    await deleteDevice(hub, d1);
    hub.clock.advance(1);
    const after = await createDevice(hub, d1);
    hub.sessions.leave(session, session.closedWith, hub.clock.now());
    await writer.close();
    const told = (await hub.happenings()).filter((each) => each.source === 4);
    expect(told.map(({ properties }) => properties.application.opType)).toEqual([
      'deviceConnected',
      'deviceDisconnected',
    ]);
    expect(told.map(({ generationId }) => generationId)).toEqual(Array(2).fill(before?.generationId));
    expect(after.generationId).not.toBe(before?.generationId);
    expect(await hub.registry.findPresence(d1)).toMatchObject({ connected: false, connectionStateUpdatedTime: 0 });
  });
});

describe('PresenceWriter.open', () => {
  const m1 = { deviceId: 'd1', moduleId: 'm1' };
  const d2 = { deviceId: 'd2' };

  it('ends what a crash left open: in the log first, in the registry, and in the history', async () => {
    await createDevice(hub, m1);
    await createDevice(hub, d2);
    const lost = new PresenceWriter(hub);
    const left = new RecordingSession(d2, hub.clock.now());
    for (const session of [new RecordingSession(d1, hub.clock.now()), new RecordingSession(m1, hub.clock.now()), left])
      hub.sessions.enter(session);
    hub.clock.advance(60);
    hub.sessions.leave(left, null, hub.clock.now());
    const crashTime = hub.clock.now();
    await lost.close();
    hub = await hub.reopened();
    hub.clock.advance(3_600);

    const writer = await PresenceWriter.open(hub);
    hub.sessions.enter(new RecordingSession(d1, hub.clock.now()));
    await writer.close();
    const told = (await hub.happenings())
      .filter((each) => each.source === 4)
      .map(({ moduleId, deviceId, properties, json }) => ({
        who: moduleId ?? deviceId,
        what: properties.application.opType,
        at: properties.application.operationTimestamp,
        number: json.sequenceNumber,
      }));
    const of = (who: string) => told.filter((each) => each.who === who);
    expect(of('d1').map(({ what }) => what)).toEqual(['deviceConnected', 'deviceDisconnected', 'deviceConnected']);
    expect(of('m1').map(({ what }) => what)).toEqual(['deviceConnected', 'deviceDisconnected']);
    expect(of('d2').map(({ what }) => what)).toEqual(['deviceConnected', 'deviceDisconnected']);
    for (const who of ['d1', 'm1']) {
      const numbers = of(who).map(({ number }) => String(number));
      expect(numbers).toEqual([...new Set(numbers)].sort());
      expect(of(who)[1]?.at).toBe(isoTime(crashTime));
    }

    expect(await hub.registry.findPresence(m1)).toMatchObject({
      connected: false,
      connectionStateUpdatedTime: crashTime,
    });
    expect(await listConnections(hub, m1)).toMatchObject([
      { disconnectedTime: crashTime, reason: { code: 'connection.serverStopped' } },
    ]);
    expect(await listConnections(hub, d1)).toMatchObject([
      { disconnectedTime: null, reason: null },
      { disconnectedTime: crashTime, reason: { code: 'connection.serverStopped' } },
    ]);
    expect(await listConnections(hub, d2)).toMatchObject([{ disconnectedTime: crashTime, reason: null }]);
  });

  it('believes the log where the store had no time to learn of it', async () => {
    await createDevice(hub, d2);
    await hub.registry.savePresence([{ ...d2, connected: true, connectionStateUpdatedTime: 1, lastActivityTime: 1 }]);
    Object.assign(hub.registry, { savePresence: async () => {} });
    const lost = new PresenceWriter(hub);
    hub.sessions.enter(new RecordingSession(d1, hub.clock.now()));
    await lost.close();
    hub = await hub.reopened();
    await (await PresenceWriter.open(hub)).close();
    const told = (await hub.happenings()).filter((each) => each.source === 4);
    expect(told.map(({ deviceId, properties }) => `${deviceId} ${properties.application.opType}`).sort()).toEqual([
      'd1 deviceConnected',
      'd1 deviceDisconnected',
      'd2 deviceDisconnected',
    ]);
  });

  it('has nothing to tell after a server that ended in order, nor of a device that is gone', async () => {
    await createDevice(hub, d2);
    const before = new PresenceWriter(hub);
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    hub.sessions.leave(session, null, hub.clock.now());
    hub.sessions.enter(new RecordingSession(d2, hub.clock.now()));
    await before.close();
    await deleteDevice(hub, d2);
    await createDevice(hub, d2);
    hub = await hub.reopened();
    await (await PresenceWriter.open(hub)).close();
    const told = (await hub.happenings()).filter((each) => each.source === 4);
    expect(told.map(({ deviceId, properties }) => `${deviceId} ${properties.application.opType}`).sort()).toEqual([
      'd1 deviceConnected',
      'd1 deviceDisconnected',
      'd2 deviceConnected',
    ]);
  });
});
