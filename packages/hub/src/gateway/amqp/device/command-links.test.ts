import { once } from 'node:events';
import { type CommandMessage, LIMITS } from '@viaduct/contracts';
import { until } from '@viaduct/testkit';
import type { Delivery, EventContext, Receiver } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandSweeper } from '../../../core/command/command-sweeper.ts';
import { lockFeedbackBatch } from '../../../core/command/deliver-feedback.ts';
import { listCommands } from '../../../core/command/inspect-commands.ts';
import { type NewCommand, sendCommand } from '../../../core/command/send-command.ts';
import { createDevice } from '../../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../../temporary-hub.ts';
import { guidBytes } from '../codec/guid-bytes.ts';
import { type LinksServer, serveLinks } from './links-under-test.ts';
import { RawAmqpDevice } from './raw-amqp-device.ts';

const d1 = { deviceId: 'd1' };
const m1 = { deviceId: 'd1', moduleId: 'm1' };
const DEVICEBOUND = '/devices/d1/messages/devicebound';
let hub: TemporaryHub;
let server: LinksServer;
let device: RawAmqpDevice;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
  await createDevice(hub, m1);
  server = await serveLinks(hub, d1);
  device = new RawAmqpDevice(server.port);
});

afterEach(async () => {
  expect(server.served.flatMap(({ faults }) => faults)).toEqual([]);
  device.close();
  await server.close();
  await hub.close();
});

describe('a command on the wire', () => {
  it('has the types that clients ask for, sixteen bytes of tag and one data section', async () => {
    const sent = await send({
      system: {
        messageId: 'm1',
        correlationId: 'c1',
        userId: 'u1',
        contentType: 'text/plain',
        contentEncoding: 'utf-8',
      },
      application: { level: 'high', empty: '' },
      ack: 'full',
    });
    const link = await device.receiver(DEVICEBOUND, {}, 1);
    const [message] = await device.messages(link, 1);
    const [delivery] = device.deliveries(link);
    const [stored] = await listCommands(hub, d1);
    expect(message).toEqual({
      sections: [0x70, 0x72, 0x73, 0x74, 0x75],
      annotations: {
        'Sym:iothub-enqueuedtime': ['Timestamp', new Date(hub.clock.now())],
        'Sym:iothub-deliverycount': ['Ubyte', 0],
        'Sym:x-opt-sequence-number': ['Ulong', sent.sequenceNumber],
        'Sym:x-opt-lock-token': ['Str', stored?.lockToken],
      },
      properties: [
        ['Str', 'm1'],
        ['Vbin', Buffer.from('u1')],
        ['Str', '/devices/d1/messages/deviceBound'],
        ['Null', null],
        ['Null', null],
        ['Str', 'c1'],
        ['Sym', 'text/plain'],
        ['Sym', 'utf-8'],
        ['Timestamp', new Date(sent.expiryTime)],
      ],
      application: { 'Str:level': ['Str', 'high'], 'Str:empty': ['Str', ''], 'Str:iothub-ack': ['Str', 'full'] },
      body: Buffer.from('hello'),
    });
    expect(delivery).toMatchObject({ settled: false, tag: guidBytes(stored?.lockToken ?? '') });
    expect(delivery?.tag).toHaveLength(16);
  });

  it('may be as large as a command gets, and be cut into frames', async () => {
    const body = Buffer.alloc(LIMITS.COMMAND_BYTES_MAX - 100, 7);
    await send({ body });
    const small = new RawAmqpDevice(server.port, { max_frame_size: 512 });
    const link = await small.receiver(DEVICEBOUND, {}, 1);
    const [message] = await small.messages(link, 1);
    expect(message?.body).toEqual(body);
    small.close();
  });
});

describe('an outcome', () => {
  it.each([
    ['accepted', (delivery: Delivery) => delivery.accept(), 'Success'],
    ['rejected', (delivery: Delivery) => delivery.reject({}), 'Rejected'],
  ] as const)('%s ends the command and tells the back end', async (_, decide, statusCode) => {
    await send({ ack: 'full' });
    const link = await device.receiver(DEVICEBOUND);
    decide(await next(link));
    const batch = await until(() => lockFeedbackBatch(hub));
    expect(batch.records).toMatchObject([{ statusCode, deviceId: 'd1' }]);
    expect(await listCommands(hub, d1)).toEqual([]);
    expect(server.last.heardCount).toBe(1);
  });

  it.each([
    ['released', (delivery: Delivery) => delivery.release({})],
    ['modified', (delivery: Delivery) => delivery.modified({ delivery_failed: true })],
    ['modified, undeliverable here', (delivery: Delivery) => delivery.modified({ undeliverable_here: true })],
  ] as const)('%s brings the command again, counted', async (_, decide) => {
    await send();
    const link = await device.receiver(DEVICEBOUND);
    decide(await next(link));
    link.add_credit(1);
    const [, again] = await received(link, 2);
    expect(again?.annotations['Sym:iothub-deliverycount']).toEqual(['Ubyte', 1]);
    expect(again?.body?.toString()).toBe('hello');
  });

  it('released ten times is given up, and the back end is told', async () => {
    await send({ ack: 'negative' });
    const link = await device.receiver(DEVICEBOUND);
    link.on('message', ({ delivery }: EventContext) => delivery?.release({}));
    link.add_credit(20);
    const batch = await until(() => lockFeedbackBatch(hub));
    expect(batch.records).toMatchObject([{ statusCode: 'DeliveryCountExceeded' }]);
    expect(device.deliveries(link)).toHaveLength(LIMITS.COMMAND_DELIVERIES_MAX);
  });

  it('is answered with a settled disposition when the receiver settles second, after the store has it', async () => {
    await send();
    const link = await device.receiver(DEVICEBOUND, { rcv_settle_mode: 1 });
    const delivery = await next(link);
    const settled = once(link, 'settled');
    delivery.accept();
    const [context] = (await settled) as [EventContext];
    expect(context.delivery?.remote_settled).toBe(true);
    expect(context.delivery?.remote_state).not.toHaveProperty('error');
    expect(await listCommands(hub, d1)).toEqual([]);
  });

  it('that comes after the lock ran out is answered with message-lock-lost, and the command came again', async () => {
    await send();
    const link = await device.receiver(DEVICEBOUND, { rcv_settle_mode: 1 });
    const delivery = await next(link);
    await lapse();
    link.add_credit(1);
    await received(link, 2);
    const settled = once(link, 'settled');
    delivery.accept();
    const [context] = (await settled) as [EventContext];
    expect(context.delivery?.remote_state).toMatchObject({ error: { condition: 'com.microsoft:message-lock-lost' } });
    expect(await listCommands(hub, d1)).toHaveLength(1);
    expect(server.last.links.size).toBe(1);
  });

  it('is not answered on a session that ended meanwhile; the connection goes on', async () => {
    await send();
    const session = device.connection.create_session();
    session.begin();
    const link = session.open_receiver({
      source: DEVICEBOUND,
      credit_window: 0,
      autoaccept: false,
      rcv_settle_mode: 1,
    } as never);
    const delivery = await next(link);
    delivery.accept();
    const closed = once(session, 'session_close');
    session.close();
    await closed;
    await until(async () => (await listCommands(hub, d1)).length === 0);
    await send();
    const again = await device.receiver(DEVICEBOUND, {}, 1);
    expect(await received(again, 1)).toHaveLength(1);
    const [end, disposition] = [0x17, 0x15];
    expect(device.performatives.slice(device.performatives.indexOf(end))).not.toContain(disposition);
  });

  it('for many at once decides about each', async () => {
    for (let i = 0; i < 5; i++) await send();
    const link = await device.receiver(DEVICEBOUND);
    const deliveries: Delivery[] = [];
    link.on('message', ({ delivery }: EventContext) => deliveries.push(delivery as Delivery));
    link.add_credit(5);
    await until(() => deliveries.length === 5);
    // In one turn, so that one disposition speaks of all.
    for (const delivery of deliveries) delivery.accept();
    await until(async () => (await listCommands(hub, d1)).length === 0);
  });
});

describe('delivery', () => {
  it('is oldest first and never beyond credit', async () => {
    for (const text of ['one', 'two', 'three']) await send({ body: Buffer.from(text) });
    const link = await device.receiver(DEVICEBOUND);
    (await next(link)).accept();
    await until(async () => (await listCommands(hub, d1)).length === 2);
    await send({ body: Buffer.from('four') });
    expect(device.deliveries(link)).toHaveLength(1);
    expect((await listCommands(hub, d1)).every(({ lockToken }) => lockToken === null)).toBe(true);
    link.add_credit(2);
    expect((await received(link, 3)).map(({ body }) => body?.toString())).toEqual(['one', 'two', 'three']);
  });

  it('comes at once to a receiver that waits', async () => {
    const link = await device.receiver(DEVICEBOUND, {}, 10);
    await send();
    expect(await received(link, 1)).toHaveLength(1);
  });

  it('gives the credit back when the peer drains', async () => {
    await send();
    const link = await device.receiver(DEVICEBOUND);
    const drained = once(link, 'receiver_drained');
    link.add_credit(10);
    link.drain_credit();
    await drained;
    expect(device.deliveries(link)).toHaveLength(1);
    expect((link as unknown as { credit: number }).credit).toBe(0);
  });

  it('gives back uncounted what a link held that is gone', async () => {
    await send();
    const link = await device.receiver(DEVICEBOUND);
    await next(link);
    link.close();
    await until(async () => (await listCommands(hub, d1))[0]?.lockToken === null);
    const another = await device.receiver(DEVICEBOUND, {}, 1);
    const [message] = await received(another, 1);
    expect(message?.annotations['Sym:iothub-deliverycount']).toEqual(['Ubyte', 0]);
  });

  it('gives back uncounted what a connection held that was cut or taken over', async () => {
    await send();
    await next(await device.receiver(DEVICEBOUND));
    const newer = new RawAmqpDevice(server.port);
    const link = await newer.receiver(DEVICEBOUND, {}, 1);
    const [message] = await newer.messages(link, 1);
    expect(message?.annotations['Sym:iothub-deliverycount']).toEqual(['Ubyte', 0]);
    server.cut();
    await until(async () => (await listCommands(hub, d1))[0]?.lockToken === null);
    await until(() => server.served.every(({ links }) => links.size === 0));
  });

  it('brings a command again when its lock ran out', async () => {
    await send();
    const link = await device.receiver(DEVICEBOUND, {}, 2);
    await received(link, 1);
    await lapse();
    const [, again] = await received(link, 2);
    expect(again?.annotations['Sym:iothub-deliverycount']).toEqual(['Ubyte', 0]);
  });

  it('goes on with the newer of two links for the same', async () => {
    await send();
    const older = await device.receiver(DEVICEBOUND);
    await next(older);
    const gone = once(older, 'receiver_close');
    const newer = await device.receiver(DEVICEBOUND, { name: 'newer' }, 1);
    await gone;
    expect(older.error).toMatchObject({ condition: 'amqp:link:stolen' });
    expect(await device.messages(newer, 1)).toHaveLength(1);
    await until(() => server.last.links.size === 1);
  });

  it('detaches a link whose device never settles, and says why', async () => {
    for (let i = 0; i < LIMITS.COMMAND_QUEUE_DEPTH_MAX; i++) await send();
    const link = await device.receiver(DEVICEBOUND, {}, 2 * LIMITS.AMQP_COMMANDS_UNSETTLED_MAX);
    const detached = once(link, 'receiver_close');
    for (let count = LIMITS.COMMAND_QUEUE_DEPTH_MAX; count <= LIMITS.AMQP_COMMANDS_UNSETTLED_MAX; ) {
      await received(link, count);
      await lapse();
      count += LIMITS.COMMAND_QUEUE_DEPTH_MAX;
    }
    await detached;
    expect(server.last.refusals).toMatchObject([{ code: 'connection.slow' }]);
  });

  it('is refused on a link that sends', async () => {
    const link = device.connection.open_sender(DEVICEBOUND);
    await once(link, 'sender_close');
    expect(link.error).toMatchObject({ condition: 'amqp:not-allowed' });
  });

  it('has no inputs for a device', async () => {
    const link = device.connection.open_receiver('/devices/d1/messages/events');
    await once(link, 'receiver_close');
    expect(link.error).toMatchObject({ condition: 'amqp:not-found' });
  });
});

describe('a module', () => {
  const BOUND = '/devices/d1/modules/m1/messages/devicebound';
  const INPUTS = '/devices/d1/modules/m1/messages/events';
  let modules: LinksServer;
  let module: RawAmqpDevice;

  beforeEach(async () => {
    modules = await serveLinks(hub, m1);
    module = new RawAmqpDevice(modules.port);
  });

  afterEach(async () => {
    module.close();
    await modules.close();
  });

  it('hears its inputs on one link and its commands on the other', async () => {
    await sendCommand(hub, m1, {
      ...command({ body: Buffer.from('in') }),
      system: { messageId: '1', inputName: 'i1' },
    });
    await sendCommand(hub, m1, command({ body: Buffer.from('bound') }));
    const inputs = await module.receiver(INPUTS, {}, 10);
    const bound = await module.receiver(BOUND, {}, 10);
    const [input] = await module.messages(inputs, 1);
    const [plain] = await module.messages(bound, 1);
    expect(input?.body?.toString()).toBe('in');
    expect(input?.annotations).toMatchObject({
      'Sym:x-opt-input-name': ['Str', 'i1'],
      'Sym:iothub-connection-device-id': ['Str', 'd1'],
      'Sym:iothub-connection-module-id': ['Str', 'm1'],
    });
    expect(module.deliveries(inputs)[0]?.tag).toHaveLength(16);
    expect(plain?.body?.toString()).toBe('bound');
    expect(plain?.properties[2]).toEqual(['Str', '/devices/d1/modules/m1/messages/deviceBound']);
    expect(module.deliveries(inputs)).toHaveLength(1);
  });

  it('keeps what one link holds when the other goes', async () => {
    await sendCommand(hub, m1, { ...command(), system: { inputName: 'i1' } });
    await sendCommand(hub, m1, command());
    const inputs = await module.receiver(INPUTS, {}, 10);
    const bound = await module.receiver(BOUND, {}, 10);
    await module.messages(inputs, 1);
    await module.messages(bound, 1);
    bound.close();
    await until(async () => (await listCommands(hub, m1)).filter(({ lockToken }) => lockToken === null).length === 1);
    const held = (await listCommands(hub, m1)).filter(({ lockToken }) => lockToken !== null);
    expect(held).toMatchObject([{ system: { inputName: 'i1' } }]);
  });
});

// ---- what the tests do -------------------------------------------------------------------------------------------------

function command(fields: Partial<CommandMessage> = {}): NewCommand {
  return { body: Buffer.from('hello'), system: {}, application: {}, ack: 'none', ...fields };
}

function send(fields: Partial<CommandMessage> = {}) {
  return sendCommand(hub, d1, command(fields));
}

function received(link: Receiver, count: number) {
  return device.messages(link, count);
}

/** Gives one credit, and the delivery that it brings. */
async function next(link: Receiver): Promise<Delivery> {
  const message = once(link, 'message');
  link.add_credit(1);
  const [{ delivery }] = (await message) as [EventContext];
  return delivery as Delivery;
}

/** The lock time passes, and the sweeper makes its round. */
async function lapse(): Promise<void> {
  hub.clock.advance(LIMITS.COMMAND_LOCK_SECONDS + 1);
  const sweeper = new CommandSweeper(hub, { intervalMs: 2 ** 30 });
  await sweeper.sweep();
  await sweeper.close();
}
