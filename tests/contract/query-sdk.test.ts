import { startTestServer, type TestServer } from '@viaduct/testkit';
import { Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';

/** Queries with the unmodified service client. */
let server: TestServer;
let registry: Registry;
beforeAll(async () => {
  server = await startTestServer();
  registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  for (let i = 0; i < 7; i++) {
    await registry.create({ deviceId: `q-${i}` });
    await registry.updateTwin(`q-${i}`, { tags: { site: i % 2 === 0 ? "o'hare" : 'north', floor: i } }, '*');
  }
});
afterAll(() => server.stop());

async function all<T>(text: string, pageSize: number): Promise<T[]> {
  const query = registry.createQuery(text, pageSize);
  const found: T[] = [];
  while (query.hasMoreResults) {
    // As a promise it goes on only from where it is told.
    const { result } = await query.next(query.continuationToken);
    expect((result as T[]).length).toBeLessThanOrEqual(pageSize);
    found.push(...(result as T[]));
  }
  return found;
}

describe('azure-iothub · HTTPS · shared access policy', () => {
  it('asks for twins that fit, page by page, as twins that can be changed', async ({ task }) => {
    proves(task, 'query.get_twins');
    const query = registry.createQuery(`SELECT * FROM devices WHERE tags.site = 'o\\'hare'`, 3);
    const first = (await query.nextAsTwin()).result;
    expect(first.map(({ deviceId }) => deviceId)).toEqual(['q-0', 'q-2', 'q-4']);
    await first[0]?.update({ tags: { floor: 70 } });
    expect(query.hasMoreResults).toBe(true);
    const second = (await query.nextAsTwin()).result;
    expect(second.map(({ deviceId }) => deviceId)).toEqual(['q-6']);
    expect(query.hasMoreResults).toBe(false);
    const { responseBody } = await registry.getTwin('q-0');
    const [found] = await all<{ lastActivityTime: string }>("SELECT * FROM devices WHERE deviceId = 'q-0'", 1);
    const { _registry, ...asked } = responseBody as unknown as Record<string, unknown>;
    expect(found).toEqual(JSON.parse(JSON.stringify(asked)));
  });

  it('asks for columns, sums and groups', async () => {
    expect(
      await all(
        "SELECT deviceId, tags.floor AS f FROM devices WHERE tags.floor IN [1, 3] OR tags.floor > 5 AND tags.site = 'o\\'hare'",
        2,
      ),
    ).toEqual([
      { deviceId: 'q-0', f: 70 },
      { deviceId: 'q-1', f: 1 },
      { deviceId: 'q-3', f: 3 },
      { deviceId: 'q-6', f: 6 },
    ]);
    const groups = 'SELECT tags.site, COUNT() AS n FROM devices WHERE IS_DEFINED(tags.site) GROUP BY tags.site';
    expect(await all(groups, 1)).toEqual([
      { site: 'north', n: 3 },
      { site: "o'hare", n: 4 },
    ]);
  });

  it('hears where a query is wrong, and keeps its twins whatever stands in one', async () => {
    const wrong = registry.createQuery('SELECT * FROM devices WHERE tags.site == 1');
    await expect(wrong.next()).rejects.toThrow(/character 40, near "=": expected a value/);
    expect(await all("SELECT * FROM devices WHERE tags.site = 'x\\'; DROP TABLE twin; --'", 10)).toEqual([]);
    expect(await all('SELECT COUNT() AS n FROM devices', 10)).toEqual([{ n: 7 }]);
  });
});
