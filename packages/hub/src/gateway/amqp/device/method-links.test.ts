import { once } from 'node:events';
import { HubError, LIMITS } from '@viaduct/contracts';
import { until } from '@viaduct/testkit';
import * as fc from 'fast-check';
import rhea, { type EventContext, type Message, type Receiver, type Sender } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { invokeMethod, type MethodRequest } from '../../../core/method/invoke-method.ts';
import { createDevice } from '../../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../../temporary-hub.ts';
import { AmqpWriter } from '../codec/amqp-writer.ts';
import { uuidBytes, uuidText } from '../codec/guid-bytes.ts';
import { type LinksServer, serveLinks } from './links-under-test.ts';
import { METHOD_CALL_PAYLOAD, parseMethodAnswer } from './method-payload.ts';
import { RawAmqpDevice } from './raw-amqp-device.ts';

const d1 = { deviceId: 'd1' };
const ADDRESS = '/devices/d1/methods/devicebound';
let hub: TemporaryHub;
let server: LinksServer;
let device: RawAmqpDevice;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
  server = await serveLinks(hub, d1);
  device = new RawAmqpDevice(server.port);
});

afterEach(async () => {
  expect(server.served.flatMap(({ faults }) => faults)).toEqual([]);
  device.close();
  await server.close();
  await hub.close();
});

describe('a method call', () => {
  it('is settled, with a uuid as correlation id, its name and one data section', async () => {
    const { calls } = await listening();
    const answered = invoke({ methodName: 'Reboot now', payload: { delay: 5 } });
    const [message] = await device.messages(calls, 1);
    expect(message).toMatchObject({
      sections: [0x73, 0x74, 0x75],
      application: { 'Str:IoThub-methodname': ['Str', 'Reboot now'] },
      body: Buffer.from('{"delay":5}'),
    });
    expect(message?.properties.map(([type]) => type)).toEqual(['Null', 'Null', 'Null', 'Null', 'Null', 'Uuid']);
    expect(device.deliveries(calls)[0]?.settled).toBe(true);
    device.close();
    await expect(answered).rejects.toMatchObject({ code: 'device.notOnline' });
  });

  it('stays unsettled on a link that asks for that, and has an empty data section without a payload', async () => {
    const { calls } = await listening({ snd_settle_mode: 0 });
    const answered = invoke();
    const [message] = await device.messages(calls, 1);
    expect(message?.body).toEqual(Buffer.alloc(0));
    expect(device.deliveries(calls)[0]?.settled).toBe(false);
    server.cut();
    await expect(answered).rejects.toMatchObject({ code: 'device.notOnline' });
  });

  it.each([
    ['a uuid', (id: Buffer) => rhea.types.wrap_uuid(id)],
    ['sixteen bytes', (id: Buffer) => rhea.types.wrap_binary(id)],
    ['text', (id: Buffer) => uuidText(id)],
    ['text in capitals', (id: Buffer) => uuidText(id).toUpperCase()],
  ])('is answered whether the id comes back as %s', async (_, idOf) => {
    const { calls, answers } = await listening();
    calls.on('message', ({ message }: EventContext) => {
      answers.send(answer(idOf(message?.correlation_id as unknown as Buffer) as never, 201, '{"ok":true}'));
    });
    expect(await invoke()).toEqual({ status: 201, payload: { ok: true } });
    expect(server.last.heardCount).toBe(1);
  });

  it('of many at once each gets its own answer, whatever the order', async () => {
    const { calls, answers } = await listening();
    const heard: Message[] = [];
    calls.on('message', ({ message }: EventContext) => {
      heard.push(message as Message);
      if (heard.length < LIMITS.METHOD_IN_FLIGHT_MAX) return;
      for (const call of heard.reverse()) answers.send(answer(idOf(call), 200, bodyOf(call)));
    });
    const results = await Promise.all(
      Array.from({ length: LIMITS.METHOD_IN_FLIGHT_MAX }, (_, i) => invoke({ methodName: `m${i}`, payload: i })),
    );
    expect(results.map(({ payload }) => payload)).toEqual(results.map((_, i) => i));
  });

  it('waits for credit, and no longer than its caller', async () => {
    const calls = await device.receiver(ADDRESS);
    await device.sender(ADDRESS);
    await until(() => server.last.methods.listens);
    const impatient = new AbortController();
    const given = server.last.methods.invoke({ methodName: 'a', payload: Buffer.alloc(0) }, impatient.signal);
    impatient.abort(new HubError('method.timeout', 'enough'));
    await expect(given).rejects.toMatchObject({ code: 'method.timeout' });
    const patient = server.last.methods.invoke(
      { methodName: 'b', payload: Buffer.alloc(0) },
      AbortSignal.timeout(9_000),
    );
    calls.add_credit(1);
    const [message] = await device.messages(calls, 1);
    expect(message?.application).toEqual({ 'Str:IoThub-methodname': ['Str', 'b'] });
    device.close();
    await expect(patient).rejects.toMatchObject({ code: 'device.notOnline' });
  });

  it('waits for a device that comes, as long as the caller allows', async () => {
    const waiting = invoke({ connectTimeoutSeconds: 9 });
    const answers = await device.sender(ADDRESS);
    const calls = await device.receiver(ADDRESS);
    calls.on('message', ({ message }: EventContext) => answers.send(answer(idOf(message as Message), 200, '')));
    calls.add_credit(1);
    expect(await waiting).toEqual({ status: 200, payload: null });
  });

  it('goes out when the credit comes one at a time', async () => {
    const calls = await device.receiver(ADDRESS);
    const answers = await device.sender(ADDRESS);
    calls.on('message', ({ message }: EventContext) => {
      answers.send(answer(idOf(message as Message), 200, 'null'));
      calls.add_credit(1);
    });
    const results = [invoke(), invoke(), invoke()];
    calls.add_credit(1);
    expect(await Promise.all(results)).toHaveLength(3);
  });
});

describe('an answer', () => {
  it('that comes twice, late, or for nobody changes nothing', async () => {
    const { calls, answers } = await listening();
    calls.on('message', ({ message }: EventContext) => {
      const id = idOf(message as Message);
      answers.send(answer('6f9619ff-8b86-d011-b42d-00c04fc964ff', 500, '"nobody"'));
      answers.send(answer(id, 200, '"first"'));
      answers.send(answer(id, 500, '"second"'));
      answers.send({ body: rhea.message.data_section(Buffer.from('no id')) });
    });
    expect(await invoke()).toEqual({ status: 200, payload: 'first' });
    expect(await invoke()).toEqual({ status: 200, payload: 'first' });
    expect(server.last.links.size).toBe(2);
  });

  it('that was sent unsettled is accepted', async () => {
    const { calls, answers } = await listening();
    const accepted = once(answers, 'accepted');
    calls.on('message', ({ message }: EventContext) => answers.send(answer(idOf(message as Message), 200, '1')));
    await invoke();
    await accepted;
  });

  it.each([
    ['no status', undefined, '{}'],
    ['a status that is a text', 'fine', '{}'],
    ['a status that is a fraction', 200.5, '{}'],
    ['a body that is not JSON', 200, '{'],
  ])('with %s is a bad response to the caller, and the links stay', async (_, status, body) => {
    const { calls, answers } = await listening();
    calls.on('message', ({ message }: EventContext) => answers.send(answer(idOf(message as Message), status, body)));
    await expect(invoke()).rejects.toMatchObject({ code: 'method.badResponse' });
    expect(server.last.links.size).toBe(2);
  });

  it('that is too large is refused to the caller', async () => {
    const { calls, answers } = await listening();
    const body = JSON.stringify('x'.repeat(LIMITS.METHOD_BYTES_MAX));
    calls.on('message', ({ message }: EventContext) => answers.send(answer(idOf(message as Message), 200, body)));
    await expect(invoke()).rejects.toMatchObject({ code: 'message.tooLarge' });
  });

  it('that is no AMQP message is rejected, booked, and the links stay', async () => {
    const { answers } = await listening();
    const rejected = once(answers, 'rejected');
    answers.send(Buffer.from('00537503', 'hex') as never, undefined as never, 0);
    await rejected;
    expect(server.last.refusals).toMatchObject([{ code: 'packet.malformed' }]);
    expect(server.last.links.size).toBe(2);
  });
});

describe('the links', () => {
  it('of a newer connection take over; calls of the older one fail', async () => {
    const { calls } = await listening();
    const answered = invoke();
    await device.messages(calls, 1);
    const newer = new RawAmqpDevice(server.port);
    await expect(answered).rejects.toMatchObject({ code: 'device.notOnline' });
    newer.close();
  });

  it('of another pair end those of the older pair', async () => {
    const older = await listening(channel('methods:a'));
    const [callsGone, answersGone] = [once(older.calls, 'receiver_close'), once(older.answers, 'sender_close')];
    const newer = await listening(channel('methods:b'));
    await callsGone;
    await answersGone;
    expect(older.calls.error).toMatchObject({ condition: 'amqp:link:stolen' });
    newer.calls.on('message', ({ message }: EventContext) =>
      newer.answers.send(answer(idOf(message as Message), 200, '"newer"')),
    );
    expect(await invoke()).toEqual({ status: 200, payload: 'newer' });
    await until(() => server.last.links.size === 2);
  });

  it('of which one is replaced by its like keep the calls under way', async () => {
    const { calls } = await listening(channel('methods:a'));
    const answered = invoke();
    await device.messages(calls, 1);
    const again = await device.sender(ADDRESS, { name: 'again', ...channel('methods:a') });
    const id = (await device.messages(calls, 1))[0]?.properties[5]?.[1] as Buffer;
    again.send(answer(uuidText(id), 200, '"kept"'));
    expect(await answered).toEqual({ status: 200, payload: 'kept' });
  });

  it('that are gone make the device one that does not listen', async () => {
    const { calls } = await listening();
    const answered = invoke();
    await device.messages(calls, 1);
    calls.close();
    await expect(answered).rejects.toMatchObject({ code: 'device.notOnline' });
    await expect(invoke()).rejects.toMatchObject({ code: 'device.notOnline' });
  });
});

describe('parseMethodAnswer', () => {
  it('makes an answer or a refusal of any bytes at all', async () => {
    await fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        standsFirm(Buffer.from(bytes));
      }),
    );
  });

  it('stands firm when bytes of a good answer are changed or missing', async () => {
    const good = goodAnswer();
    expect(parseMethodAnswer(good)).toMatchObject({ result: { status: 200 } });
    await fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bent = Buffer.from(good);
        bent[at] = byte;
        standsFirm(bent.subarray(0, length));
        standsFirm(bent);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back the id of a call', () => {
    const writer = new AmqpWriter();
    const id = '2d3e0f8f-ad5b-4c1e-9d2a-00c04fc964ff';
    METHOD_CALL_PAYLOAD.write(writer, { id, call: { methodName: 'm', payload: Buffer.alloc(0) } });
    expect(parseMethodAnswer(writer.take()).id).toBe(id);
  });
});

// ---- what the tests do -------------------------------------------------------------------------------------------------

function invoke(request: Partial<MethodRequest> = {}) {
  return invokeMethod(hub, d1, { methodName: 'm', ...request }, new AbortController().signal);
}

async function listening(options: object = {}): Promise<{ answers: Sender; calls: Receiver }> {
  const answers = await device.sender(ADDRESS, options);
  const calls = await device.receiver(ADDRESS, options, 100);
  await until(() => server.last.methods.listens);
  return { answers, calls };
}

function channel(id: string): object {
  return { properties: { 'com.microsoft:channel-correlation-id': id } };
}

function answer(id: unknown, status: unknown, body: string): Message {
  return {
    correlation_id: id as string,
    ...(status === undefined
      ? {}
      : {
          application_properties: {
            'IoThub-status': Number.isInteger(status) ? rhea.types.wrap_int(status as number) : status,
          },
        }),
    body: rhea.message.data_section(Buffer.from(body)),
  };
}

function idOf({ correlation_id }: Message): string {
  return uuidText(correlation_id as unknown as Buffer);
}

function bodyOf({ body }: Message): string {
  return ((body as { content: Buffer }).content ?? body).toString();
}

function goodAnswer(): Buffer {
  const message = answer(rhea.types.wrap_uuid(uuidBytes('6f9619ff-8b86-d011-b42d-00c04fc964ff')), 200, '{"ok":1}');
  return rhea.message.encode(message) as unknown as Buffer;
}

function standsFirm(bytes: Buffer): void {
  try {
    const { id } = parseMethodAnswer(bytes);
    expect(typeof id).toBe('string');
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(HubError);
  }
}
