import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DirectoryRow, ImportView, Page } from '@viaduct/contracts';
import { nextLoopbackAddress, type SpawnedServer, spawnTestServer, until } from '@viaduct/testkit';
import { Registry } from 'azure-iothub';
import { afterAll, describe, expect, it } from 'vitest';
import { type ConsoleFetch, signedInFetch } from '../contract/sdk/console.ts';

const ROUNDS = 2;
const WORKERS = 8;
const IMPORTED = 800;
const address = nextLoopbackAddress();
let signedIn: ConsoleFetch | undefined;
const directory = await mkdtemp(join(tmpdir(), 'viaduct-directory-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Devices are made, changed, disabled and deleted at the hub by eight back ends at once, and the server is killed meanwhile, twice. */
describe('the directory after kill -9', () => {
  it('has exactly the devices of the registry, as they are', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const server = await spawnTestServer({ dataDirectory: directory, address });
      signedIn ??= await signedInFetch(server);
      const working = Array.from({ length: WORKERS }, (_, worker) => work(server, `r${round}w${worker}`));
      await new Promise((resolve) => setTimeout(resolve, 1_000 + Math.random() * 1_500));
      await server.kill('SIGKILL');
      await Promise.all(working);
    }
    const server = await spawnTestServer({ dataDirectory: directory, address });
    const wanted = await ofRegistry(server);
    expect(wanted.length).toBeGreaterThan(50);
    const ask = signedIn ?? expect.fail('nobody signed in');
    const found = await until(
      async () => {
        const rows = await ofDirectory(ask);
        return JSON.stringify(rows) === JSON.stringify(wanted) ? rows : undefined;
      },
      { what: 'the directory to be equal', timeoutMs: 20_000, everyMs: 200 },
    ).catch(async () => ofDirectory(ask));
    expect(found).toEqual(wanted);
    await server.stop();
  });
});

/** Killed in the middle of a file, and then once more; every hundredth line is refused. */
describe('an import after kill -9', () => {
  it('goes on, and ends with all devices and the outcome of each line', async () => {
    const lines = Array.from({ length: IMPORTED }, (_, number) =>
      number % 100 === 50 ? `no good id ${number},,` : `csv-${number},Name ${number},${number}`,
    );
    let server = await spawnTestServer({ dataDirectory: directory, address });
    signedIn ??= await signedInFetch(server);
    const ask = signedIn;
    const file = ['IOTC_DEVICEID,IOTC_DEVICENAME,floor', ...lines].join('\n');
    const begun = await ask('POST', '/imports?fileName=fleet.csv', file, 'text/csv');
    expect(begun.status).toBe(202);
    const { importId } = (await begun.json()) as ImportView;
    const view = async () => (await (await ask('GET', `/imports/${importId}`)).json()) as ImportView;
    for (const least of [1, IMPORTED / 2]) {
      const enough = { what: `${least} lines to be done`, timeoutMs: 60_000, everyMs: 5 };
      await until(async () => ((await view()).linesDone >= least ? true : undefined), enough);
      await server.kill('SIGKILL');
      server = await spawnTestServer({ dataDirectory: directory, address });
    }
    const end = { what: 'the import to end', timeoutMs: 60_000, everyMs: 100 };
    const last = await until(async () => ((await view()).endedAt === null ? undefined : view()), end);
    const refused = IMPORTED / 100;
    expect(last).toMatchObject({
      state: 'done',
      lines: IMPORTED,
      linesDone: IMPORTED,
      created: IMPORTED - refused,
      refused,
    });
    const errors = (await (await ask('GET', `/imports/${importId}/errors`)).text()).trim().split('\r\n').slice(1);
    expect(errors.map((line) => line.split(',', 1)[0])).toEqual(
      Array.from({ length: refused }, (_, at) => `${at * 100 + 52}`),
    );
    const exported = await (await ask('GET', '/exports/devices?search=csv-')).text();
    const wanted = lines.filter((line) => line.startsWith('csv-')).map((line) => line.replace(/,(\d+)$/, ',,,$1'));
    expect(exported.trim().split('\r\n').slice(1).sort()).toEqual(wanted.sort());
    await server.stop();
  });
});

type Facts = readonly [deviceId: string, status: string, count: number | null];

/** One thing after another, until the server is gone. */
async function work(server: SpawnedServer, name: string): Promise<void> {
  const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  try {
    for (let number = 0; ; number++) {
      const deviceId = `${name}-${number}`;
      await registry.create({ deviceId });
      await registry.updateTwin(deviceId, { properties: { desired: { count: number } } } as never, '*');
      if (number % 3 === 1) await registry.update({ deviceId, status: 'disabled' } as never);
      if (number % 4 === 3) await registry.delete(deviceId);
    }
  } catch {
    // Killed.
  }
}

async function ofRegistry(server: SpawnedServer): Promise<Facts[]> {
  const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  const query = registry.createQuery('SELECT deviceId, status, properties.desired.count AS count FROM devices', 1_000);
  const facts: Facts[] = [];
  while (query.hasMoreResults) {
    const { result } = (await query.next()) as unknown as {
      result: { deviceId: string; status: string; count?: number }[];
    };
    facts.push(...result.map(({ deviceId, status, count }): Facts => [deviceId, status, count ?? null]));
  }
  return facts.sort(byId);
}

async function ofDirectory(ask: ConsoleFetch): Promise<Facts[]> {
  const facts: Facts[] = [];
  let cursor = '';
  do {
    const answer = await ask('GET', `/devices?columns=count&limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const page = (await answer.json()) as Page<DirectoryRow>;
    facts.push(
      ...page.items.map(({ deviceId, status, values }): Facts => [deviceId, status, values[0] as number | null]),
    );
    cursor = page.cursor ?? '';
  } while (cursor !== '');
  return facts.sort(byId);
}

function byId([a]: Facts, [b]: Facts): number {
  return a < b ? -1 : 1;
}
