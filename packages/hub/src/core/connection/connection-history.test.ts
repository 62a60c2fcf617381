import { HubError, LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { ConnectionRecord, ConnectionStore } from '../ports.ts';
import { createDevice } from '../registry/create-device.ts';
import { deleteDevice } from '../registry/delete-device.ts';
import { SessionDirectory } from '../session/session-directory.ts';
import { ConnectionHistory } from './connection-history.ts';
import { describeConnection } from './describe-connection.ts';
import { listConnections } from './list-connections.ts';

const d1 = { deviceId: 'd1' };
const m1 = { deviceId: 'd1', moduleId: 'm1' };
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
});
afterEach(() => hub.close());

describe('the history of connections', () => {
  it('has a stay each, newest first, with where it came from and why it ended; also over a restart', async () => {
    await createDevice(hub, m1);
    const first = enter(new RecordingSession(d1, hub.clock.now()));
    hub.clock.advance(10);
    const second = enter(new RecordingSession(d1, hub.clock.now()));
    hub.sessions.leave(first, null, hub.clock.now());
    hub.clock.advance(10);
    leave(second);
    enter(new RecordingSession(m1, hub.clock.now()));

    const expected = [
      { connectedTime: second.connectedTime, disconnectedTime: second.connectedTime + 10_000, reason: null },
      {
        transport: 'mqtt',
        remoteAddress: '127.0.0.1',
        connectedTime: first.connectedTime,
        disconnectedTime: second.connectedTime,
        reason: { code: 'connection.replaced', message: expect.stringContaining('took over') },
      },
    ];
    expect(await listConnections(hub, d1)).toMatchObject(expected);
    expect(await listConnections(hub, m1)).toMatchObject([{ ...m1, disconnectedTime: null }]);
    expect(describeConnection((await listConnections(hub, d1))[1] as ConnectionRecord)).toMatchObject({
      connectedAt: '2030-01-01T00:00:00.000Z',
      disconnectedAt: '2030-01-01T00:00:10.000Z',
      reason: { code: 'connection.replaced', advice: expect.stringContaining('newest') },
    });
    hub = await hub.reopened();
    expect(await listConnections(hub, d1)).toMatchObject(expected);
    expect(await listConnections(hub, { deviceId: 'nobody' })).toEqual([]);
  });

  it('does not survive its device, nor comes back with a namesake', async () => {
    const session = enter(new RecordingSession(d1, hub.clock.now()));
    await deleteDevice(hub, d1);
    hub.sessions.leave(session, session.closedWith, hub.clock.now());
    hub.clock.advance(1);
    await createDevice(hub, d1);
    hub = await hub.reopened();
    expect(await listConnections(hub, d1)).toEqual([]);
  });

  it('lists the connection under way though it was not kept', async () => {
    const forgetful = { ...hub, connections: { list: async () => [], save: async () => {}, endAll: async () => [] } };
    hub.sessions.enter(new RecordingSession(d1, 5));
    expect(await listConnections(forgetful, d1)).toMatchObject([{ connectedTime: 5, disconnectedTime: null }]);
  });

  it('keeps the newest stays of a device that comes and goes', async () => {
    for (let i = 0; i < LIMITS.CONNECTIONS_PER_DEVICE_MAX + 30; i++) {
      leave(enter(new RecordingSession(d1, hub.clock.now())));
      hub.clock.advance(1);
    }
    hub = await hub.reopened();
    const kept = await listConnections(hub, d1);
    expect(kept).toHaveLength(LIMITS.CONNECTIONS_PER_DEVICE_MAX);
    expect(kept[0]?.connectedTime).toBe(hub.clock.now() - 1_000);
  });

  it('writes what the store could not take before, and a stay that came and went as one row', async () => {
    const saved: ConnectionRecord[][] = [];
    let isFull = true;
    const store: ConnectionStore = {
      list: async () => [],
      endAll: async () => [],
      save: async (records) => {
        if (isFull) throw new RangeError('disk full');
        saved.push([...records]);
      },
    };
    const sessions = new SessionDirectory();
    const onFault = () => (isFull = false);
    const history = new ConnectionHistory(store, sessions, { intervalMs: 1, onFault });
    const session = new RecordingSession(d1, 5);
    sessions.enter(session);
    sessions.leave(session, new HubError('connection.lost', 'cut'), 9);
    await expect.poll(() => saved.length).toBe(1);
    await history.close();
    expect(saved).toMatchObject([[{ connectedTime: 5, disconnectedTime: 9, reason: { message: 'cut' } }]]);
  });

  it('stays bounded while nothing can be written; the oldest go', async () => {
    const refuses: ConnectionStore = {
      list: async () => [],
      endAll: async () => [],
      save: () => Promise.reject(new RangeError('disk full')),
    };
    const sessions = new SessionDirectory();
    const history = new ConnectionHistory(refuses, sessions, { intervalMs: 3_600_000, onFault: () => {} });
    for (let i = 0; i <= LIMITS.CONNECTIONS_WAITING_MAX; i++) {
      sessions.enter(new RecordingSession({ deviceId: `d${i}` }, 5));
    }
    expect(await history.list({ deviceId: 'd0' })).toEqual([]);
    expect(await history.list({ deviceId: 'd1' })).toHaveLength(1);
    await history.close();
  });
});

function enter(session: RecordingSession): RecordingSession {
  hub.sessions.enter(session);
  return session;
}

function leave(session: RecordingSession): void {
  hub.sessions.leave(session, null, hub.clock.now());
}
