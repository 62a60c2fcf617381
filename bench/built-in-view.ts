import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthMethod,
  EndpointAdapters,
  encodeRecord,
  openRouting,
  openSqliteStore,
  type ReadsEvents,
  Source,
} from '@viaduct/hub';
import { openFileLog } from '@viaduct/log';

/**
 * What the built-in endpoint costs its readers: records a second from the log itself, and through the view while nothing is routed, and
 * while a route takes half away.
 *
 *     npx tsx --conditions=source bench/built-in-view.ts
 */
const RECORDS = 400_000;
const ROUNDS = 5;
const READ_BYTES = 1_048_576;

const directory = await mkdtemp(join(tmpdir(), 'viaduct-bench-'));
const clock = { now: () => Date.now() };
const log = await openFileLog({ directory: join(directory, 'log'), partitionCount: 2, clock });
const store = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey: randomBytes(32) });
const hub = {
  log,
  clock,
  twins: store.twins,
  eventPartitions: 1,
  hostNames: ['bench'],
  random: { bytes: randomBytes },
};
const { close, routing, builtInView } = await openRouting(hub, {
  store: store.routing,
  adapters: new EndpointAdapters([]),
});

try {
  await fill();
  const plain = [await rate(log), await rate(builtInView)];
  for (let round = 1; round < ROUNDS; round++) {
    plain[0] = Math.max(plain[0] ?? 0, await rate(log));
    plain[1] = Math.max(plain[1] ?? 0, await rate(builtInView));
  }
  console.log(`the log itself          ${text(plain[0])}`);
  console.log(`the view, no routes     ${text(plain[1])}  (${((plain[1] ?? 0) / (plain[0] ?? 1)).toFixed(3)} of it)`);
  const half = {
    name: 'half',
    source: 'DeviceMessages',
    condition: "level = 'high'",
    endpointNames: ['events'],
    isEnabled: true,
  } as const;
  await routing.change(undefined, (before) => ({ ...before, routes: [half], fallbackRoute: { isEnabled: false } }));
  const from = log.bounds(0).next;
  await fill();
  console.log(`the view, half hidden   ${text(await rate(builtInView, from))}  records looked at`);
} finally {
  await close();
  await log.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const speaker = { deviceId: 'd1', generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
  const body = Buffer.from(JSON.stringify({ temperature: 21.5, humidity: 40 }));
  for (let n = 0; n < RECORDS; n += 1_000) {
    const appends = Array.from({ length: 1_000 }, (_, index) => {
      const bag = `%24.ct=application%2Fjson&%24.ce=utf-8&level=${index % 2 === 0 ? 'high' : 'low'}`;
      return log.append(0, encodeRecord(speaker, Source.telemetry, 0, bag, body));
    });
    await Promise.all(appends);
  }
}

/** Records a second that a reader gets over. */
async function rate(reader: Pick<ReadsEvents, 'read'>, from = 0): Promise<number> {
  const began = performance.now();
  let at = from;
  for (;;) {
    const last = (await reader.read(0, at, READ_BYTES)).at(-1);
    if (last === undefined) break;
    at = last.offset + 1;
  }
  return (at - from) / ((performance.now() - began) / 1_000);
}

function text(perSecond: number | undefined): string {
  return `${Math.round(perSecond ?? 0).toLocaleString('en')}/s`.padStart(14);
}
