import { parseConnectionString } from '@viaduct/contracts';
import { AuthMethod, encodeRecord, Source } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { binary, bool, describedBy, map, NULL, symbol, text, uint } from '../sdk/amqp-bytes.ts';
import { AMQP_HEADER, attachFrame, beginFrame, frame, openFrame, RawAmqp, SASL_HEADER } from '../sdk/raw-amqp.ts';
import { Neighbour } from './attacker.ts';

/** Back ends that may read, and mean no good: whatever they attach, ask or leave unread costs bounded memory and nobody else. */
let server: TestServer;
let neighbour: Neighbour;
beforeAll(async () => {
  server = await startTestServer();
  neighbour = await Neighbour.connect(server);
  const speaker = { deviceId: 'd', generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
  const record = encodeRecord(speaker, Source.telemetry, 0, '', Buffer.alloc(4_096, 1));
  // 40 MB: far more than any reader may have waiting for it.
  for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 1_000 }, () => server.hub.log.append(0, record)));
});
afterAll(async () => {
  neighbour.close();
  await server.stop();
});

const opened: RawAmqp[] = [];
afterEach(() => {
  for (const amqp of opened.splice(0)) amqp.close();
});

const MB = 1_048_576;
const source = 'viaduct/ConsumerGroups/$Default/Partitions/0';
const ENDLESS = 0xffff_ffff;

/** What this process has allocated: the server is part of it. */
function allocated(): number {
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + Math.max(arrayBuffers, external);
}

/** With the key as password, so that nothing stands between a connection and its links. */
async function open(): Promise<RawAmqp> {
  const { SharedAccessKeyName: policy, SharedAccessKey: key } = parseConnectionString(server.ready.hubConnectionString);
  const { hostName } = server.ready;
  const amqp = await RawAmqp.connect(server);
  opened.push(amqp);
  amqp.say(SASL_HEADER, frame('sasl-init', [symbol('PLAIN'), binary(`\0${policy}\0${key}`), text(hostName)]));
  await amqp.next('sasl-outcome');
  amqp.say(AMQP_HEADER, openFrame(hostName));
  await amqp.next('open');
  return amqp;
}

const begin = frame('begin', [NULL, uint(0), uint(ENDLESS), uint(ENDLESS), uint(ENDLESS)]);
const flow = (credit: number, echo = false) =>
  frame('flow', [
    uint(0),
    uint(ENDLESS),
    uint(0),
    uint(ENDLESS),
    uint(0),
    uint(0),
    uint(credit),
    NULL,
    bool(false),
    bool(echo),
  ]);

describe('hostile readers', () => {
  it('thousands of attaches with filters of no sense: each is refused in words, and the memory comes back', async () => {
    const before = allocated();
    const amqp = await open();
    amqp.say(beginFrame());
    await amqp.next('begin');
    const filter = map([
      [
        symbol('apache.org:selector-filter:string'),
        describedBy(symbol('x'), text(`amqp.annotation.${'y'.repeat(5_000)} > 1`)),
      ],
    ]);
    const attaches = 800;
    for (let handle = 0; handle < 255; handle++)
      amqp.say(attachFrame('receiver', handle, `a${handle}`, { source, filter }));
    for (let i = 255; i < attaches; i++) {
      const handle = i % 255;
      amqp.say(
        frame('detach', [uint(handle), bool(true)]),
        attachFrame('receiver', handle, `a${i}`, { source, filter }),
      );
    }
    const refused = () =>
      amqp.history.filter(({ name, fields }) => name === 'detach' && fields[2]?.type === 'described').length;
    await until(() => refused() >= attaches, { what: 'all refusals', timeoutMs: 30_000, everyMs: 100 });
    await neighbour.expectUnaffected();
    expect(server.hub.consumers.size).toBe(0);
    expect(allocated() - before).toBeLessThan(150 * MB);
  });

  it('readers with endless credit who read nothing: the log waits for them, not the memory', async () => {
    const before = allocated();
    // Five share a partition in a group, so that many need four.
    for (const name of ['h1', 'h2', 'h3']) await server.hub.consumerGroups.add({ name, createdTime: 0 });
    for (const group of ['$Default', 'h1', 'h2', 'h3']) {
      for (let i = 0; i < 5; i++) {
        const amqp = await open();
        amqp.socket.pause();
        amqp.say(
          begin,
          attachFrame('receiver', 0, `r${i}`, { source: source.replace('$Default', group) }),
          flow(ENDLESS),
        );
      }
    }
    await until(() => server.hub.consumers.size === 20, { what: 'twenty readers' });
    const areUnderWay = () => server.hub.consumers.of('h1').every(({ consumer }) => (consumer.nextOffset ?? 0) > 0);
    await until(areUnderWay, { what: 'events leave for them' });
    await neighbour.expectUnaffected();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(allocated() - before).toBeLessThan(150 * MB);
    for (const { consumer } of server.hub.consumers.of('h1')) expect(consumer.nextOffset).toBeLessThan(5_000);
    await neighbour.expectUnaffected();
    for (const amqp of opened.splice(0)) amqp.close();
    await until(() => server.hub.consumers.size === 0, { what: 'all readers are gone' });
  });

  it('who asks for answers without end and takes none: what waits for it is bounded', async () => {
    const before = allocated();
    const amqp = await open();
    amqp.say(begin, attachFrame('receiver', 0, 'r', { source }));
    await amqp.attached('r');
    amqp.socket.pause();
    const questions = Buffer.concat(Array.from({ length: 2_000 }, () => flow(0, true)));
    let isGone = false;
    amqp.socket.on('close', () => {
      isGone = true;
    });
    for (let i = 0; i < 100 && !isGone; i++) {
      if (!amqp.socket.write(questions)) await new Promise((resolve) => setTimeout(resolve, 5));
      if (amqp.socket.writableLength > 16 * MB) break;
    }
    await neighbour.expectUnaffected();
    expect(allocated() - before).toBeLessThan(150 * MB);
    amqp.socket.resume();
  });

  it('credit that goes up, down and round gives no event twice and none beyond it', async () => {
    const amqp = await open();
    amqp.say(begin, attachFrame('receiver', 0, 'r', { source, settleModes: [1, 0] }));
    const attach = await amqp.attached('r');
    for (const credit of [3, 0, 2, 0, 1]) amqp.say(flow(credit));
    const first = await amqp.delivery(attach);
    // Says that it has seen nothing yet, which is untrue, and gives the same credit again.
    for (let i = 0; i < 5; i++) amqp.say(flow(1));
    // Four from one before the first of all: three, of which one is used.
    amqp.say(frame('flow', [uint(0), uint(ENDLESS), uint(0), uint(ENDLESS), uint(0), uint(ENDLESS), uint(4)]));
    await until(() => amqp.frames.filter(({ name }) => name === 'transfer').length >= 2, { what: 'two more' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const ids = [first, ...amqp.frames.filter(({ name }) => name === 'transfer')].map(({ fields }) => fields[1]?.value);
    expect(ids).toEqual([0, 1, 2]);
  });
});
