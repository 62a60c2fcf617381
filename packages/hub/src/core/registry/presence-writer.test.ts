import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { createDevice } from './create-device.ts';
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
      lastActivityTime: hub.clock.now(),
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
});
