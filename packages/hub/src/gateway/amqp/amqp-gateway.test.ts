import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { EventLog } from '@viaduct/log';
import rhea, { type Connection, type EventContext } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeRecord } from '../../core/record/record.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { AmqpGateway } from './amqp-gateway.ts';

const ADDRESS = '127.61.7.1';
let hub: TemporaryHub;
let gateway: AmqpGateway;
let server: Server;
let connection: Connection;
let key: string;
/** Runs when the log was given a message, before that is on disk. */
let onWrite: () => void;

beforeEach(async () => {
  hub = await temporaryHub();
  onWrite = () => undefined;
  const device = await createDevice(hub, { deviceId: 'd1' });
  key = device.authentication.symmetricKey.primaryKey ?? '';
  gateway = new AmqpGateway({ ...hub, log: watched(hub.log) }, { eventHubName: 'events' });
  server = createServer((socket) => gateway.accept(socket, 'amqp', '127.0.0.1'));
  server.listen(0, ADDRESS);
  await once(server, 'listening');
});

afterEach(async () => {
  connection.close();
  await gateway.close();
  await new Promise((resolve) => server.close(resolve));
  await hub.close();
});

function watched(log: EventLog): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, args);
        if (name === 'write') onWrite();
        return result;
      };
    },
  });
}

function connected(): Connection {
  const { port } = server.address() as { port: number };
  // The key itself as the password, as SASL PLAIN allows for a device.
  const login = { username: 'd1@sas.myhub', password: key };
  connection = rhea.create_container().connect({ host: ADDRESS, port, reconnect: false, ...login });
  for (const event of ['disconnected', 'connection_error', 'sender_error']) connection.on(event, () => undefined);
  return connection;
}

async function keptBodies(): Promise<string[]> {
  const partitions = await Promise.all([hub.log.read(0, 0, 1_000_000), hub.log.read(1, 0, 1_000_000)]);
  return partitions.flat().map(({ data }) => decodeRecord(data).body.toString());
}

describe('the figures of a gateway', () => {
  it('count connections, links, and telemetry once it is durable, each message of a batch', async () => {
    const sender = connected().open_sender('/devices/d1/messages/events');
    await once(sender, 'sendable');
    expect(gateway.stats).toEqual({ connections: 1, links: 1, acceptedMessages: 0 });
    sender.send({ body: rhea.message.data_section(Buffer.from('one')) });
    await once(sender, 'accepted');
    const batch = ['two', 'three'].map((body) =>
      rhea.message.encode({ body: rhea.message.data_section(Buffer.from(body)) }),
    );
    const sections = rhea.message.data_sections(batch);
    sender.send(rhea.message.encode({ body: sections }), undefined, 0x8001_3700);
    await once(sender, 'accepted');
    expect(gateway.stats.acceptedMessages).toBe(3);
    sender.close();
    await once(sender, 'sender_close');
    expect(gateway.stats.links).toBe(0);
  });
});

describe('a gateway that stops', () => {
  it('acknowledges what it took before it lets go, so that no device repeats it', async () => {
    const sender = connected().open_sender('/devices/d1/messages/events');
    await once(sender, 'sendable');
    const accepted: string[] = [];
    const bodies = new Map<unknown, string>();
    sender.on('accepted', ({ delivery }: EventContext) => accepted.push(bodies.get(delivery?.id) ?? ''));
    let closed: Promise<void> | undefined;
    onWrite = () => {
      closed ??= gateway.close();
    };
    for (const body of ['one', 'two', 'three']) {
      const data = rhea.message.data_section(Buffer.from(body));
      bodies.set(sender.send({ body: data }).id, body);
    }
    await once(sender, 'sender_close');
    expect(sender.error).toMatchObject({ condition: 'amqp:connection:forced' });
    const kept = await keptBodies();
    expect(kept).toContain('one');
    expect(accepted).toEqual(kept);
    connection.close();
    await closed;
  });

  it('tells its peers at once when nothing is under way', async () => {
    const sender = connected().open_sender('/devices/d1/messages/events');
    await once(sender, 'sendable');
    const began = performance.now();
    const left = once(connection, 'connection_close');
    const closed = gateway.close();
    await once(sender, 'sender_close');
    expect(performance.now() - began).toBeLessThan(2_000);
    await left;
    await closed;
    expect(connection.error).toMatchObject({ condition: 'amqp:connection:forced' });
  });
});
