import { once } from 'node:events';
import { HubError, LIMITS } from '@viaduct/contracts';
import { until } from '@viaduct/testkit';
import * as fc from 'fast-check';
import rhea, { type Message, type Receiver, type Sender } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Throttle } from '../../../core/ports.ts';
import { createDevice } from '../../../core/registry/create-device.ts';
import { getTwin } from '../../../core/twin/get-twin.ts';
import { patchTwin } from '../../../core/twin/patch-twin.ts';
import { type TemporaryHub, temporaryHub } from '../../../temporary-hub.ts';
import { type LinksServer, serveLinks } from './links-under-test.ts';
import { RawAmqpDevice, type WireMessage } from './raw-amqp-device.ts';
import { parseTwinRequest } from './twin-request.ts';

const d1 = { deviceId: 'd1' };
const ADDRESS = '/devices/d1/twin';
const DESIRED = '/notifications/twin/properties/desired';
let hub: TemporaryHub;
let server: LinksServer;
let device: RawAmqpDevice;
let holdMs: (operation: string) => number;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
  holdMs = () => 0;
  const throttle: Throttle = {
    take: (_, operation) => holdMs(operation),
    countMessage: () => undefined,
    stateOf: () => [],
    totals: [],
    quota: null,
  };
  server = await serveLinks({ ...hub, throttle }, d1);
  device = new RawAmqpDevice(server.port);
});

afterEach(async () => {
  expect(server.served.flatMap(({ faults }) => faults)).toEqual([]);
  device.close();
  await server.close();
  await hub.close();
});

describe('a twin request', () => {
  it('GET brings both sections, with status as int, keys as symbols and the id as it came', async () => {
    await patchTwin(hub, d1, { desired: { t: 21 } });
    const { requests, answers } = await attached();
    requests.send(request('GET', undefined, { correlation_id: 'Get0f8fad5b' }));
    const [message] = await device.messages(answers, 1);
    expect(message).toEqual({
      sections: [0x72, 0x73, 0x75],
      annotations: { 'Sym:status': ['Int', 200] },
      properties: [...nulls(5), ['Str', 'Get0f8fad5b']],
      application: {},
      body: Buffer.from('{"desired":{"t":21,"$version":2},"reported":{"$version":1}}'),
    });
    expect(device.deliveries(answers)[0]?.settled).toBe(true);
  });

  it.each([
    ['a uuid', rhea.types.wrap_uuid(Buffer.alloc(16, 7)), ['Uuid', Buffer.alloc(16, 7)]],
    ['a ulong', rhea.types.wrap_ulong(300), ['Ulong', 300]],
    ['binary', rhea.types.wrap_binary(Buffer.from('id')), ['Vbin', Buffer.from('id')]],
  ])('is answered with the id in the same type: %s', async (_, id, expected) => {
    const { requests, answers } = await attached();
    requests.send(request('GET', undefined, { correlation_id: id as never }));
    const [message] = await device.messages(answers, 1);
    expect(message?.properties[5]).toEqual(expected);
  });

  it('PATCH is stored when it is answered: 204, the version as long, nothing in the body', async () => {
    const { requests, answers } = await attached();
    requests.send(patch({ t: 21 }));
    const [message] = await device.messages(answers, 1);
    expect(message).toMatchObject({
      annotations: { 'Sym:status': ['Int', 204], 'Sym:version': ['Long', 2] },
      body: Buffer.alloc(0),
    });
    expect((await getTwin(hub, d1)).reported.values).toEqual({ t: 21 });
  });

  it('PATCH with a version is made only if that is the stored one', async () => {
    const { requests, answers } = await attached();
    requests.send(patch({ a: 1 }, { version: rhea.types.wrap_int(1) }));
    requests.send(patch({ a: 2 }, { version: rhea.types.wrap_long(1) }));
    requests.send(patch({ a: 3 }, { version: null }));
    expect(statuses(await device.messages(answers, 3))).toEqual([204, 412, 204]);
  });

  it('is done in the order in which it came', async () => {
    const { requests, answers } = await attached();
    for (let i = 0; i < 20; i++) requests.send(patch({ n: i }, {}, `${i}`));
    const messages = await device.messages(answers, 20);
    expect(messages.map(({ properties }) => properties[5]?.[1])).toEqual(messages.map((_, i) => `${i}`));
    expect(messages.map(({ annotations }) => annotations['Sym:version']?.[1])).toEqual(messages.map((_, i) => i + 2));
  });

  it('without an id is done and not answered', async () => {
    const { requests, answers } = await attached();
    requests.send(patch({ silent: true }, {}, null as never));
    requests.send(request('GET'));
    const [message] = await device.messages(answers, 1);
    expect(JSON.parse(String(message?.body))).toMatchObject({ reported: { silent: true } });
    expect(device.deliveries(answers)).toHaveLength(1);
  });

  it.each([
    ['is not JSON', Buffer.from('{'), 400, 400006],
    ['is no object', Buffer.from('[1]'), 400, 400004],
    ['is nested too deeply', nested(LIMITS.TWIN_DEPTH_MAX + 2), 400, 400004],
    ['is nested far too deeply', nested(20_000), 400, 400004],
    ['fills more than its section', json({ a: list(12), b: list(12) }), 413, undefined],
    ['is too large to be read', Buffer.alloc(LIMITS.AMQP_TWIN_BODY_BYTES_MAX + 1, 32), 413, undefined],
  ])('PATCH whose body %s is refused in JSON, and the links stay', async (_, body, status, errorCode) => {
    const { requests, answers } = await attached();
    requests.send({ ...patch({}), body: rhea.message.data_section(body) });
    const [message] = await device.messages(answers, 1);
    expect(message?.annotations).toEqual({ 'Sym:status': ['Int', status] });
    const refusal = JSON.parse(String(message?.body)) as Record<string, unknown>;
    expect(refusal).toEqual({
      errorCode: errorCode ?? expect.any(Number),
      trackingId: expect.stringMatching(/^[0-9a-f]{32}$/),
      message: expect.any(String),
      timestampUtc: '2030-01-01T00:00:00.000Z',
    });
    expect(server.last.refusals).toHaveLength(1);
    expect(server.last.links.size).toBe(2);
  });

  it.each([
    ['POST', '/properties/reported'],
    ['PATCH', '/properties/desired'],
    ['GET', '/properties/reported'],
    [undefined, undefined],
  ])('of which nobody knows the meaning is refused: %s %s', async (operation, resource) => {
    const { requests, answers } = await attached();
    requests.send(request(operation, resource));
    expect(statuses(await device.messages(answers, 1))).toEqual([400]);
  });

  it('that is no AMQP message is rejected, booked, and the links stay', async () => {
    const { requests } = await attached();
    const rejected = once(requests, 'rejected');
    requests.send(Buffer.from('00537503', 'hex') as never, undefined as never, 0);
    await rejected;
    expect(server.last.refusals).toMatchObject([{ code: 'packet.malformed' }]);
    expect(server.last.links.size).toBe(2);
  });

  it('that was sent unsettled is accepted before its answer', async () => {
    const { requests, answers } = await attached();
    const accepted = once(requests, 'accepted');
    requests.send(request('GET'));
    await accepted;
    await device.messages(answers, 1);
    const [disposition, transfer] = [0x15, 0x14];
    expect(device.performatives.indexOf(disposition)).toBeGreaterThan(0);
    expect(device.performatives.indexOf(disposition)).toBeLessThan(device.performatives.indexOf(transfer));
  });

  it('waits for its answer to have credit, and gives its own credit back only then', async () => {
    const requests = await device.sender(ADDRESS);
    const answers = await device.receiver(ADDRESS);
    for (let i = 0; i < LIMITS.AMQP_LINK_CREDIT + 50; i++) requests.send(request('GET'));
    await until(() => server.last.heardCount === LIMITS.AMQP_LINK_CREDIT);
    answers.add_credit(10);
    await device.messages(answers, 10);
    await until(() => server.last.heardCount === LIMITS.AMQP_LINK_CREDIT + 10);
    answers.add_credit(LIMITS.AMQP_LINK_CREDIT + 40);
    await device.messages(answers, LIMITS.AMQP_LINK_CREDIT + 50);
  });

  it('may come before the receiver for its answer is there', async () => {
    const requests = await device.sender(ADDRESS);
    requests.send(request('GET'));
    await until(() => server.last.heardCount === 1);
    const answers = await device.receiver(ADDRESS, {}, 10);
    expect(statuses(await device.messages(answers, 1))).toEqual([200]);
  });

  it('of which there are too many is held, or refused with 429', async () => {
    const { requests, answers } = await attached();
    const taken: string[] = [];
    holdMs = (operation) => {
      taken.push(operation);
      if (operation === 'twinRead') throw new HubError('quota.exceeded', 'too many');
      return 20;
    };
    const start = performance.now();
    requests.send(patch({ a: 1 }));
    requests.send(request('GET'));
    expect(statuses(await device.messages(answers, 2))).toEqual([204, 429]);
    expect(performance.now() - start).toBeGreaterThan(15);
    expect(taken).toEqual(['twinUpdate', 'twinRead']);
  });

  it('that is held is forgotten when the connection ends', async () => {
    const { requests } = await attached();
    holdMs = () => 200;
    const start = performance.now();
    requests.send(patch({ a: 1 }));
    await until(() => server.last.heardCount === 1);
    server.cut();
    await until(() => server.last.links.size === 0);
    await until(() => performance.now() > start + 250);
    expect((await getTwin(hub, d1)).reported.values).toEqual({});
  });

  it('of a deleted device is answered with 404', async () => {
    const { requests, answers } = await attached();
    await hub.registry.remove(d1, undefined);
    requests.send(request('GET'));
    requests.send(patch({ a: 1 }));
    expect(statuses(await device.messages(answers, 2))).toEqual([404, 404]);
  });
});

describe('a notice of desired', () => {
  it('comes after PUT, without id, with its version as long; and no more after DELETE', async () => {
    const { requests, answers } = await attached();
    await patchTwin(hub, d1, { desired: { before: true } });
    requests.send(request('PUT', DESIRED));
    expect(statuses(await device.messages(answers, 1))).toEqual([200]);
    await patchTwin(hub, d1, { desired: { t: 21 } });
    const [, notice] = await device.messages(answers, 2);
    expect(notice).toEqual({
      sections: [0x72, 0x75],
      annotations: { 'Sym:resource': ['Str', '/properties/desired'], 'Sym:version': ['Long', 3] },
      properties: [],
      application: {},
      body: Buffer.from('{"t":21,"$version":3}'),
    });
    requests.send(request('DELETE', DESIRED));
    await device.messages(answers, 3);
    await patchTwin(hub, d1, { desired: { after: true } });
    requests.send(request('GET'));
    expect(statuses(await device.messages(answers, 4))).toEqual([200, undefined, 200, 200]);
  });

  it('waits for credit; a device that takes none loses its receiver, not single changes', async () => {
    const requests = await device.sender(ADDRESS);
    const answers = await device.receiver(ADDRESS, {}, 1);
    requests.send(request('PUT', DESIRED));
    await device.messages(answers, 1);
    const detached = once(answers, 'receiver_close');
    for (let version = 2; version <= LIMITS.AMQP_ANSWERS_WAITING_MAX + 2; version++) {
      server.last.desiredChanged({ $version: version });
    }
    await detached;
    expect(server.last.refusals).toMatchObject([{ code: 'connection.slow' }]);
    await until(() => server.last.links.size === 1);
    const again = await device.receiver(ADDRESS, { name: 'again' }, 10);
    requests.send(request('GET'));
    expect(statuses(await device.messages(again, 1))).toEqual([200]);
  });

  it('goes only to a receiver that asked for it', async () => {
    const { requests } = await attached();
    requests.send(request('PUT', DESIRED));
    await until(() => server.last.heardCount === 1);
    const newer = await device.receiver(ADDRESS, { name: 'newer' }, 10);
    await patchTwin(hub, d1, { desired: { t: 1 } });
    requests.send(request('GET'));
    expect(statuses(await device.messages(newer, 1))).toEqual([200]);
  });
});

describe('parseTwinRequest', () => {
  it('makes a request or a refusal of any bytes at all', async () => {
    await fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => standsFirm(Buffer.from(bytes))));
  });

  it('stands firm when bytes of a good request are changed or missing', async () => {
    const good = rhea.message.encode(patch({ t: 21 }, { version: rhea.types.wrap_int(1) })) as unknown as Buffer;
    expect(parseTwinRequest(good)).toMatchObject({ request: { kind: 'patch', version: 1 } });
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
});

// ---- what the tests do -------------------------------------------------------------------------------------------------

async function attached(): Promise<{ requests: Sender; answers: Receiver }> {
  const requests = await device.sender(ADDRESS);
  return { requests, answers: await device.receiver(ADDRESS, { snd_settle_mode: 1 }, 100) };
}

function request(operation: string | undefined, resource?: string, fields: Partial<Message> = {}): Message {
  return {
    correlation_id: 'id',
    message_annotations: {
      ...(operation === undefined ? {} : { operation }),
      ...(resource === undefined ? {} : { resource }),
    },
    body: rhea.message.data_section(Buffer.from(' ')),
    ...fields,
  };
}

function patch(values: object, annotations: object = {}, correlation_id = 'id'): Message {
  const { message_annotations } = request('PATCH', '/properties/reported');
  return {
    correlation_id,
    message_annotations: { ...message_annotations, ...annotations },
    body: rhea.message.data_section(json(values)),
  };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function nested(depth: number): Buffer {
  return Buffer.from(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}

/** Some kilobytes that are good one by one. */
function list(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'x'.repeat(2_000)]));
}

function nulls(count: number) {
  return Array.from({ length: count }, () => ['Null', null]);
}

function statuses(messages: readonly WireMessage[]): unknown[] {
  return messages.map(({ annotations }) => annotations['Sym:status']?.[1]);
}

function standsFirm(bytes: Buffer): void {
  try {
    expect(parseTwinRequest(bytes)).toHaveProperty('request');
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(HubError);
  }
}
