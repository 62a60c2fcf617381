import { LIMITS } from '@viaduct/contracts';
import { until } from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import type { Client } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { notSupported } from './sdk/not-supported.ts';
import { ALL, isMqtt, suites } from './sdk/transports.ts';

/**
 * Commands (cloud-to-device messages) with the unmodified clients on both sides. How long a lock lasts is a minute by
 * contract, so its end is tested with a clock of its own in core/command/command.test.ts.
 */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

function newCommand(text: string, messageId = text, ack = 'full'): Message {
  const command = new Message(text);
  command.messageId = messageId;
  command.ack = ack;
  return command;
}

/** Listens, and does with each command what `settle` says. */
function listen(client: Client, settle: (message: Message, nth: number) => Promise<unknown>): Message[] {
  const received: Message[] = [];
  client.on('message', (message: Message) => {
    received.push(message);
    settle(message, received.length).catch((error: unknown) => failures.push(error));
  });
  return received;
}
const failures: unknown[] = [];

const textOf = (message: Message | undefined): string => String(message?.getData());

describe.each(suites(ALL))('%s', (_suite, transport) => {
  it('command: received with its properties and completed; the back end hears of it', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const received = listen(client, (message) => client.complete(message));
    const command = newCommand('{"open":true}', 'cmd-1');
    command.correlationId = 'c-1';
    command.properties.add('who', 'me & you');
    await hub.service.send(device.deviceId, command);
    const message = await until(() => received[0], { what: 'the command' });
    expect(textOf(message)).toBe('{"open":true}');
    expect(message).toMatchObject({ messageId: 'cmd-1', correlationId: 'c-1' });
    // The HTTPS client leaves the prefix of the header where it is.
    const name = transport === 'https' ? 'iothub-app-who' : 'who';
    expect(message.properties.propertyList).toContainEqual({ key: name, value: 'me & you' });
    expect(await hub.outcomeOf(device.deviceId, 'cmd-1')).toBe('Success');
    expect(await hub.server.hub.commands.depth(device.identity)).toBe(0);
  });

  it('command: 64 KB and an empty body; more is refused to the sender', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const received = listen(client, (message) => client.complete(message));
    const largest = 'x'.repeat(LIMITS.COMMAND_BYTES_MAX - 256);
    await hub.service.send(device.deviceId, newCommand(largest, 'large'));
    await hub.service.send(device.deviceId, newCommand('', 'empty'));
    await until(() => received.length === 2, { what: 'two commands' });
    expect(textOf(received[0]) === largest).toBe(true);
    expect(received[1]?.getBytes().length).toBe(0);
    await expect(
      hub.service.send(device.deviceId, newCommand('x'.repeat(LIMITS.COMMAND_BYTES_MAX + 1), 'more')),
    ).rejects.toMatchObject({ name: 'MessageTooLargeError' });
  });

  it('command: what waited while the device was away comes in order', async () => {
    const device = await hub.newDevice();
    for (const text of ['first', 'second', 'third']) await hub.service.send(device.deviceId, newCommand(text));
    const client = await device.device(transport);
    const received = listen(client, (message) => client.complete(message));
    await until(() => received.length === 3, { what: 'three commands' });
    expect(received.map(textOf)).toEqual(['first', 'second', 'third']);
    await until(async () => (await hub.server.hub.commands.depth(device.identity)) === 0, { what: 'an empty queue' });
  });

  it('command: rejected; the back end hears of it', async (context) => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    if (isMqtt(transport)) {
      notSupported(context, 'the protocol');
      return expect(client.reject(new Message('x'))).rejects.toThrow();
    }
    listen(client, (message) => client.reject(message));
    await hub.service.send(device.deviceId, newCommand('no'));
    expect(await hub.outcomeOf(device.deviceId, 'no')).toBe('Rejected');
  });

  it('command: abandoned, it comes again; given up after ten deliveries', async (context) => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    if (isMqtt(transport)) {
      notSupported(context, 'the protocol');
      return expect(client.abandon(new Message('x'))).rejects.toThrow();
    }
    const received = listen(client, (message) => client.abandon(message));
    await hub.service.send(device.deviceId, newCommand('later'));
    expect(await hub.outcomeOf(device.deviceId, 'later')).toBe('DeliveryCountExceeded');
    expect(received.map(textOf)).toEqual(Array(LIMITS.COMMAND_DELIVERIES_MAX).fill('later'));
  });

  it('command: expired while the device was away, it is not delivered; the back end hears of it', async () => {
    const device = await hub.newDevice();
    const command = newCommand('too late');
    // It is refused when it is too late already on its way there.
    command.expiryTimeUtc = Date.now() + 1_000;
    await hub.service.send(device.deviceId, command);
    await hub.service.send(device.deviceId, newCommand('in time'));
    expect(await hub.outcomeOf(device.deviceId, 'too late')).toBe('Expired');
    const client = await device.device(transport);
    const received = listen(client, (message) => client.complete(message));
    expect(await hub.outcomeOf(device.deviceId, 'in time')).toBe('Success');
    expect(received.map(textOf)).toEqual(['in time']);
  });

  it('command: at most 50 wait; a purge takes them all, and the back end hears of it', async () => {
    const device = await hub.newDevice();
    const waiting = Array.from({ length: LIMITS.COMMAND_QUEUE_DEPTH_MAX }, (_, i) => `c${i}`);
    for (const text of waiting) await hub.service.send(device.deviceId, newCommand(text));
    await expect(hub.service.send(device.deviceId, newCommand('one too many'))).rejects.toMatchObject({
      name: 'DeviceMaximumQueueDepthExceededError',
    });
    expect(await purge(device.deviceId)).toBe(LIMITS.COMMAND_QUEUE_DEPTH_MAX);
    expect(await hub.outcomeOf(device.deviceId, 'c49')).toBe('Purged');
    const client = await device.device(transport);
    const received = listen(client, (message) => client.complete(message));
    await hub.service.send(device.deviceId, newCommand('after'));
    await until(() => received.length > 0, { what: 'the command after the purge' });
    expect(received.map(textOf)).toEqual(['after']);
  });

  it('command: 50 waiting ones arrive in order, each once', async () => {
    const device = await hub.newDevice();
    const texts = Array.from({ length: LIMITS.COMMAND_QUEUE_DEPTH_MAX }, (_, i) => `c${i}`);
    await Promise.all(texts.map((text) => hub.service.send(device.deviceId, newCommand(text, text, 'none'))));
    const queued = (await hub.server.hub.commands.list(device.identity)).map(({ body }) => String(body));
    const client = await device.device(transport);
    const received = listen(client, (message) => client.complete(message));
    await until(async () => (await hub.server.hub.commands.depth(device.identity)) === 0, {
      what: 'an empty queue',
      timeoutMs: 20_000,
    });
    expect(received.map(textOf)).toEqual(queued);
    expect(failures).toEqual([]);
  });
});

/** The service client has no call for it. */
async function purge(deviceId: string): Promise<number> {
  const answer = await hub.rest('DELETE', `/devices/${deviceId}/commands`);
  return ((await answer.json()) as { totalMessagesPurged: number }).totalMessagesPurged;
}
