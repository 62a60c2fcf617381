import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { Socket } from 'node:net';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { HubError, LIMITS } from '@viaduct/contracts';
import { createDevice, patchTwin } from '@viaduct/hub';
import type { NewAttempt } from '@viaduct/provisioning';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAdminLink } from '../people/admin-link.ts';
import { Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { EventReader } from '../testing/event-source.ts';
import { FakeSession, say } from '../testing/fake-session.ts';

const ADDRESS = '127.4.0.1';
let tls: { readonly key: string; readonly cert: string };
let tested: ConsoleUnderTest;
let browser: Browser;
let origin: string;
const readers: EventReader[] = [];

beforeAll(async () => {
  tls = await selfSigned(ADDRESS);
});
beforeEach(async () => {
  tested = await openConsole({ https: tls });
  origin = await tested.app.listen({ host: ADDRESS, port: 0 });
  browser = await signedInBrowser(tested);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.kill();
  await tested.close();
});
function watch(query: string, from?: string): EventReader {
  const resumed = from === undefined ? {} : { from };
  const reader = new EventReader({
    url: `${origin}/console/api/live${query}`,
    ca: tls.cert,
    cookie: browser.cookie,
    ...resumed,
  });
  readers.push(reader);
  return reader;
}

async function caughtUp(reader: EventReader): Promise<EventReader> {
  await reader.until(() => reader.of('caughtUp').length === 1);
  return reader;
}

/** The numbers a device said, as a reader got them. */
function numbersOf(...from: readonly EventReader[]): readonly unknown[] {
  return from.flatMap((reader) => reader.of('telemetry').map(({ body }) => body.value));
}

function numbers(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('the live stream of a device', () => {
  it('begins with history, says when that is complete, and goes on live', async () => {
    for (const value of numbers(1, 3)) await say(tested.hub, 'd1', String(value));
    await say(tested.hub, 'd2', '99');
    const reader = watch('?deviceId=d1&sinceSeconds=60');
    await caughtUp(reader);
    expect(reader.events.map(({ kind }) => kind).filter((kind) => kind !== 'tick')).toEqual([
      'telemetry',
      'telemetry',
      'telemetry',
      'caughtUp',
    ]);
    await say(tested.hub, 'd1', '4');
    await reader.until(() => numbersOf(reader).length === 4);
    expect(numbersOf(reader)).toEqual([1, 2, 3, 4]);
  });

  it('says nothing of what was before, when no history is asked for', async () => {
    await say(tested.hub, 'd1', '1');
    const reader = await caughtUp(watch('?deviceId=d1'));
    await say(tested.hub, 'd1', '2');
    await reader.until(() => numbersOf(reader).length > 0);
    expect(numbersOf(reader)).toEqual([2]);
  });

  it('goes on without gap or repetition, however often it breaks while others write', async () => {
    const total = 3_000;
    const writing = (async () => {
      for (const value of numbers(1, total)) {
        await Promise.all([say(tested.hub, 'd1', String(value)), say(tested.hub, 'd2', '0')]);
      }
    })();
    const seen: EventReader[] = [watch('?deviceId=d1&sinceSeconds=60')];
    while (numbersOf(...seen).length < total) {
      const current = seen.at(-1) as EventReader;
      const before = numbersOf(current).length;
      await current.until(() => numbersOf(current).length >= before + 150 || numbersOf(...seen).length >= total);
      if (numbersOf(...seen).length >= total) break;
      current.kill();
      await current.until(() => current.ended);
      seen.push(watch('?deviceId=d1&sinceSeconds=60', current.lastEventId));
    }
    await writing;
    expect(seen.length).toBeGreaterThan(5);
    expect(numbersOf(...seen)).toEqual(numbers(1, total));
  });

  it('begins anew when the resume token is not one of this stream', async () => {
    await say(tested.hub, 'd1', '1');
    for (const token of ['nonsense', '0:0@0', '7:1,9:1@0']) {
      const reader = await caughtUp(watch('?deviceId=d1&sinceSeconds=60', token));
      expect(numbersOf(reader)).toEqual([1]);
    }
  });

  it('tells a changed twin as it is now', async () => {
    await createDevice(tested.hub, { deviceId: 'd1' }, {});
    const reader = await caughtUp(watch('?deviceId=d1'));
    await patchTwin(tested.hub, { deviceId: 'd1' }, { desired: { interval: 5 } });
    await reader.until(() => reader.of('twin').length > 0);
    expect(reader.of('twin')[0]?.twin.desired.values).toEqual({ interval: 5 });
  });

  it('tells coming and going, with the reason', async () => {
    await createDevice(tested.hub, { deviceId: 'd1' }, {});
    const reader = await caughtUp(watch('?deviceId=d1'));
    const session = new FakeSession('d1', tested.clock.now());
    tested.hub.sessions.enter(session);
    await reader.until(() => reader.of('presence').length === 1);
    const reason = new HubError('connection.keepAliveLapsed', 'silent for 90 s');
    tested.hub.sessions.leave(session, reason, tested.clock.now());
    await reader.until(() => reader.of('presence').length === 2);
    expect(reader.of('presence')).toMatchObject([
      { deviceId: 'd1', connected: true, reason: null },
      { deviceId: 'd1', connected: false, reason: 'silent for 90 s' },
    ]);
    // From the store: what a console that was started again has, too.
    const again = await caughtUp(watch('?deviceId=d1&sinceSeconds=60'));
    expect(again.of('presence').at(-1)).toMatchObject({ connected: false, reason: 'silent for 90 s' });
  });

  it('tells why a device that does not exist is refused, and tells it once', async () => {
    const reader = await caughtUp(watch('?deviceId=ghost'));
    const refuse = (message: string) =>
      tested.hub.refusals.record({
        deviceId: 'ghost',
        code: 'device.notFound',
        message,
        transport: 'mqtt',
        remoteAddress: '10.0.0.7',
      });
    refuse('first');
    await reader.until(() => reader.of('refusal').length === 1);
    refuse('second');
    await reader.until(() => reader.of('refusal').length === 2);
    reader.kill();
    tested.clock.advance(5);
    refuse('third');
    const again = watch('?deviceId=ghost&sinceSeconds=60', reader.lastEventId);
    await again.until(() => again.of('refusal').length > 0);
    expect([...reader.of('refusal'), ...again.of('refusal')].map(({ refusal }) => refusal.message)).toEqual([
      'first',
      'second',
      'third',
    ]);
  });

  it('reads no further than a slow browser takes, and loses nothing', async () => {
    const sockets: Socket[] = [];
    tested.app.server.on('secureConnection', (socket: Socket) => sockets.push(socket));
    const reader = await caughtUp(watch('?deviceId=d1'));
    reader.pause();
    const body = JSON.stringify('x'.repeat(250_000));
    let unsent = 0;
    for (let count = 0; count < 100; count++) {
      await say(tested.hub, 'd1', body);
      unsent = Math.max(unsent, ...sockets.map(({ writableLength }) => writableLength));
    }
    expect(unsent).toBeGreaterThan(0);
    expect(unsent).toBeLessThan(4_194_304);
    reader.resume();
    await reader.until(() => reader.of('telemetry').length === 100);
    expect(reader.of('telemetry').map(({ offset }) => offset)).toEqual(numbers(0, 99));
  });
});

describe('the live stream of the fleet', () => {
  it('tells what happens to every device, and never telemetry', async () => {
    const reader = await caughtUp(watch('?sinceSeconds=0'));
    for (const deviceId of ['a', 'b', 'c']) {
      await createDevice(tested.hub, { deviceId }, {});
      await say(tested.hub, deviceId, '1');
    }
    tested.hub.sessions.enter(new FakeSession('b', tested.clock.now()));
    await browser.request('PATCH', '/devices/c', { status: 'disabled' });
    await browser.request('DELETE', '/devices/a');
    await reader.until(() => reader.of('registry').length === 5 && reader.of('presence').length === 1);
    expect(
      reader
        .of('registry')
        .map(({ deviceId, change }) => `${deviceId} ${change}`)
        .sort(),
    ).toEqual(['a created', 'a deleted', 'b created', 'c created', 'c updated']);
    expect(reader.of('telemetry')).toEqual([]);
  });

  it('tells who asks to be provisioned to those who want to know, and of a flood the newest', async () => {
    const [asked, other] = [await caughtUp(watch('?attempts=true')), await caughtUp(watch(''))];
    const { attempts } = tested.provisioning;
    const refused: NewAttempt = {
      ...{ registrationId: 'd1', enrollmentKind: null, enrollmentId: null, credential: 'symmetricKey' },
      ...{ transport: 'mqtt', remoteAddress: '127.0.0.1', outcome: 'refused', substatus: null, assignedHub: null },
      ...{ deviceId: null, code: 'enrollment.notFound', message: 'nobody knows it', durationMs: null },
    };
    attempts.record(refused);
    await asked.until(() => asked.of('attempts').length === 1);
    const [first] = asked.of('attempts');
    expect(first).toMatchObject({ isCut: false, attempts: [{ registrationId: 'd1', message: 'nobody knows it' }] });
    // From as many addresses: of one alone the book takes no flood.
    for (let index = 2; index <= 500; index++) {
      attempts.record({ ...refused, registrationId: `d${index}`, remoteAddress: `10.0.${index >> 8}.${index & 255}` });
    }
    await asked.until(() => asked.of('attempts').at(-1)?.attempts.at(-1)?.id === 500);
    const flood = asked.of('attempts').slice(1);
    expect([flood.length, flood[0]?.attempts.length, flood[0]?.isCut]).toEqual([1, 100, true]);
    expect(other.of('attempts')).toEqual([]);
  });

  it('counts each second and names who was heard', async () => {
    const session = new FakeSession('d1', tested.clock.now());
    tested.hub.sessions.enter(session);
    const reader = await caughtUp(watch(''));
    session.lastActivityTime = tested.clock.now() + 10;
    for (let count = 0; count < 20; count++) await say(tested.hub, 'd1', '1');
    await reader.until(() => reader.of('tick').some(({ messagesPerSecond }) => messagesPerSecond > 0));
    expect(reader.of('tick').every(({ connected }) => connected === 1)).toBe(true);
    expect(reader.of('tick').some(({ seen }) => seen.d1 !== undefined)).toBe(true);
  });
});

describe('a live stream', () => {
  it('ends when its session signs out, and the browser cannot come back', async () => {
    const reader = await caughtUp(watch('?deviceId=d1'));
    const { cookie } = browser;
    await browser.request('DELETE', '/session');
    await reader.until(() => reader.ended);
    browser.cookie = cookie;
    const again = watch('?deviceId=d1', reader.lastEventId);
    await again.until(() => again.ended);
    expect(again.statusCode).toBe(401);
  });

  it('ends when its owner gets a new password', async () => {
    const reader = await caughtUp(watch('?deviceId=d1'));
    const { token } = await createAdminLink(tested.store, tested.clock, tested.hub.random);
    await new Browser(tested.app).enter('/setup', { token, userName: 'ada', password: 'another good one' });
    await reader.until(() => reader.ended);
    expect(reader.statusCode).toBe(200);
  });

  it('is one of a bounded number in a session', async () => {
    const open = Array.from({ length: LIMITS.LIVE_STREAMS_PER_SESSION_MAX }, () => watch('?deviceId=d1'));
    await Promise.all(open.map(caughtUp));
    const tooMany = watch('?deviceId=d1');
    await tooMany.until(() => tooMany.ended);
    expect(tooMany.statusCode).toBe(429);
    open[0]?.kill();
    const [first] = open;
    await first?.until(() => first.ended);
    await expect.poll(async () => (await tryOnce()).statusCode).toBe(200);
  });

  it('does not keep the server from closing', async () => {
    const reader = await caughtUp(watch('?deviceId=d1'));
    await tested.app.close();
    await reader.until(() => reader.ended);
    expect(reader.ended).toBe(true);
  });
});

async function tryOnce(): Promise<EventReader> {
  const reader = watch('?deviceId=d1');
  await reader.until(() => reader.statusCode !== 0);
  return reader;
}

async function selfSigned(address: string): Promise<{ readonly key: string; readonly cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=viaduct console test',
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: address }])],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString('pem'),
  };
}
