import { HubError } from '@viaduct/contracts';
import { QueryRefusal } from '@viaduct/hub';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listedDirectory } from '../testing/listed-directory.ts';
import { MemoryHistory } from '../testing/memory-history.ts';
import { type QueryParts, runCentralQuery } from './run-central-query.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const ROWS_MAX = 7;

let history: MemoryHistory;
let parts: QueryParts;

beforeAll(async () => {
  history = await MemoryHistory.open();
  for (let i = 0; i < 30; i++) {
    // Whatever was sent under a name before, something else is sent under it later.
    const t = [i, `text ${i}`, i % 2 === 0, { x: i }, [i], i + 0.5][i % 6];
    await history.say(i % 3 === 0 ? 'a' : 'b', NOW - i * 86_400_000, { t, s: 'a'.repeat(i * 50) });
    await history.say('a', NOW - i * 1_000, { p: -i / 7 }, 'pump');
  }
  const devices = listedDirectory([
    { deviceId: 'a', properties: { room: 'hall', floor: 1 } },
    { deviceId: 'b', properties: { room: null } },
  ]);
  const templates = { find: () => undefined, list: () => [] };
  const groups = { find: () => undefined };
  parts = { history, devices, templates, groups, hub: { clock: { now: () => NOW } } } as unknown as QueryParts;
});
afterAll(() => history.close());

const telemetry = fc.constantFrom('t', 's', 'pump.p', '["t"]');
const odd = fc.constantFrom('room', 'floor', 'T', 'nobody', '$simulated', '$TS', '$none');
const name = fc.oneof(
  { weight: 12, arbitrary: telemetry },
  { weight: 3, arbitrary: fc.constantFrom('$id', '$ts') },
  { weight: 1, arbitrary: odd },
);
const literal = fc.oneof(
  fc.constantFrom('0', '-1.5e3', '1e300', '1e999', 'true', 'NULL', "''", "'a'", '"it\'s"', "'2026-01-31T00:00:00Z'"),
  fc.string({ maxLength: 5 }).map((text) => `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`),
);
const duration = fc.constantFrom(
  'PT1M',
  'P1D',
  'P1W',
  'P1M',
  "'PT0.5S'",
  'P100Y',
  'P0D',
  'P1Y2D',
  "'2026-01-01/2026-02-01'",
);
const aggregate = fc
  .tuple(fc.constantFrom('SUM', 'MAX', 'MIN', 'COUNT', 'AVG', 'first', 'Last'), telemetry)
  .map(([call, field]) => `${call}(${field})`);
const percentile = fc
  .tuple(telemetry, fc.constantFrom('0', '50', '99.9', '101'))
  .map(([field, at]) => `PERCENTILE(${field}, ${at})`);
const counted = fc.oneof({ weight: 4, arbitrary: aggregate }, percentile);
const columns = (values: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(values, { minLength: 1, maxLength: 3 })
    .chain((all) => fc.constantFrom('', '', ' AS x', ' as t').map((alias) => `${all.join(', ')}${alias}`));
const term = fc.oneof(
  fc.tuple(name, fc.constantFrom('=', '!=', '<>', '<', '>='), literal).map((words) => words.join(' ')),
  fc
    .tuple(name, fc.array(literal, { minLength: 1, maxLength: 3 }))
    .map(([field, all]) => `${field} IN [${all.join(', ')}]`),
  fc
    .tuple(name, fc.constantFrom("'%a%a%a%a%a%a%b'", "'t_x%'", "'.*['", "'\\\\%'"))
    .map((words) => words.join(' LIKE ')),
  fc.tuple(name, literal, literal).map(([field, low, high]) => `${field} NOT BETWEEN ${low} AND ${high}`),
  name.map((field) => `${field} IS NOT NULL`),
  name.map((field) => `CONTAINS(${field}, 'x')`),
  duration.map((length) => `WITHIN_WINDOW(${length})`),
);
const condition = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    term,
    fc.tuple(tie('any'), fc.constantFrom('AND', 'OR', 'and'), tie('any')).map((words) => words.join(' ')),
    tie('any').map((inner) => `NOT (${inner})`),
  ),
})).any;
const optional = (words: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: words });
const top = fc.constantFrom('', '', '', 'TOP 3 ', 'TOP 100000 ', 'TOP 0 ');
const where = optional(condition.map((asked) => ` WHERE ${asked}`));
const order = (values: fc.Arbitrary<string>) =>
  optional(fc.tuple(values, fc.constantFrom('', ' DESC')).map((words) => ` ORDER BY ${words.join('')}`));
const keys = optional(
  fc
    .oneof(
      duration.map((length) => `WINDOW(${length})`),
      name,
    )
    .map((key) => ` GROUP BY ${key}`),
);
const query = fc
  .oneof(
    fc.tuple(top, columns(name), where, order(name)),
    fc.tuple(
      top,
      columns(counted),
      where,
      fc.tuple(keys, order(counted)).map((words) => words.join('')),
    ),
  )
  .map(([first, selected, asked, rest]) => `SELECT ${first}${selected} FROM devices${asked}${rest}`);

describe('any query', () => {
  it('is answered within its bounds, or refused with a place that is in it', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        try {
          const { rows, columns } = await runCentralQuery(parts, text, { rowsMax: ROWS_MAX });
          answered++;
          expect(rows.length).toBeLessThanOrEqual(/TOP 3 /.test(text) ? 3 : ROWS_MAX);
          for (const row of rows) expect(row).toHaveLength(columns.length);
          // What leaves is JSON: no infinity, no bigint.
          expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
        } catch (thrown) {
          if (!(thrown instanceof HubError)) throw thrown;
          if (!(thrown instanceof QueryRefusal))
            throw new Error(`${thrown.code}: ${thrown.message}`, { cause: thrown });
          expect(thrown.at.offset).toBeGreaterThanOrEqual(0);
          expect(thrown.at.offset + thrown.at.length).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 400, seed: 7 },
    );
    expect(answered).toBeGreaterThan(50);
  });

  it('finds a pattern in a long text in time that grows with the text, not with a power of it', async () => {
    await history.say('long', NOW, { note: `${'a'.repeat(4_000)}c` });
    const count = async (pattern: string) =>
      (await runCentralQuery(parts, `SELECT COUNT(note) FROM devices WHERE note LIKE '${pattern}'`)).rows[0]?.[0];
    // Years, with the engine's own LIKE.
    expect(await count(`%${'a%'.repeat(200)}b`)).toBe(0);
    expect(await count(`%${'a%'.repeat(200)}C`)).toBe(1);
    expect(await count('%.c')).toBe(0);
    expect(await count(`${'_'.repeat(12)}%`)).toBe(1);
  });
});
