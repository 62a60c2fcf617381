import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueryWorkers } from './query-workers.ts';
import type { QueryStatement } from './run-statement.ts';

let directory: string;
let file: string;
let workers: QueryWorkers;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-query-'));
  file = join(directory, 'some.sqlite');
  new Database(file).exec('create table t (x); insert into t values (1), (2)').close();
  workers = new QueryWorkers({ file, secondsMax: 5 });
});
afterAll(async () => {
  await workers.close();
  await rm(directory, { recursive: true, force: true });
});

describe('query threads', () => {
  it('answer, and say what was wrong with a statement', async () => {
    expect(await workers.run(quick)).toMatchObject({ items: ['{"n":3}'], cut: false });
    const fault = await workers.run({ ...quick, sql: 'select missing from nowhere' }).catch((error: Error) => error);
    expect(fault).toMatchObject({ code: 'server.fault' });
    expect(String((fault as Error).cause)).toContain('no such table: nowhere');
    const again = workers.run(quick);
    expect(workers.stats).toMatchObject({ running: 1, waiting: 0 });
    expect(await again).toMatchObject({ items: ['{"n":3}'] });
    expect(workers.stats).toMatchObject({ answered: 2, unanswered: 1, running: 0, waiting: 0 });
    expect(workers.stats.seconds).toBeGreaterThan(0);
  });

  it('end a query nobody waits for, and one whose turn has not come', async () => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const answers = Array.from({ length: LIMITS.QUERY_THREADS_MAX }, () => workers.run(ENDLESS, running.signal));
    const behind = workers.run(quick, waiting.signal);
    waiting.abort(new Error('gone while waiting'));
    await expect(behind).rejects.toThrow('gone while waiting');
    running.abort(new Error('gone'));
    for (const answer of answers) await expect(answer).rejects.toThrow('gone');
    await expect(workers.run(quick, waiting.signal)).rejects.toThrow('gone while waiting');
    expect(await workers.run(quick)).toMatchObject({ items: ['{"n":3}'] });
  });

  it('end a query that takes too long, in words, and go on with the next', async () => {
    const hasty = new QueryWorkers({ file, secondsMax: 0.05 });
    await expect(hasty.run(ENDLESS)).rejects.toMatchObject({
      code: 'query.tooLong',
      message: 'the query ran longer than 0.05 seconds and was ended',
    });
    // It does not ask for every row: who asked hears of it in time all the same, and another thread answers the next.
    await expect(hasty.run(DEAF)).rejects.toMatchObject({ code: 'query.tooLong' });
    await hasty.close();
  });

  it('refuse more than may wait, and everybody when the server stops', async () => {
    const busy = new QueryWorkers({ file });
    const accepted = LIMITS.QUERY_THREADS_MAX + LIMITS.QUERIES_WAITING_MAX;
    const answers = Array.from({ length: accepted }, () => busy.run(ENDLESS));
    await expect(busy.run(quick)).rejects.toMatchObject({ code: 'query.tooMany' });
    const refusals = Promise.allSettled(answers);
    await busy.close();
    for (const refusal of await refusals) expect(refusal).toMatchObject({ reason: { code: 'server.draining' } });
    await expect(busy.run(quick)).rejects.toMatchObject({ code: 'server.draining' });
  });
});

const quick: QueryStatement = {
  sql: 'select sum(x) as c0 from t where x > ?',
  parameters: [0],
  shape: { kind: 'columns', columns: [{ name: 'n', type: 'number' }] },
  keys: 0,
  indexes: [],
};
const ENDLESS: QueryStatement = {
  ...quick,
  sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1e12)
    select count(*) as c0 from n where viaduct_row() and i > ?`,
};
const DEAF: QueryStatement = {
  ...quick,
  sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1e6)
    select count(*) as c0 from n where i > ?`,
};
