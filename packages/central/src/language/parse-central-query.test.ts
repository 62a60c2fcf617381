import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONDITION_PIECES, refusalOf } from '../testing/query-texts.ts';
import { formatCentralQuery } from './format-central-query.ts';
import { parseCentralQuery } from './parse-central-query.ts';
import type { CentralQuery } from './query-syntax.ts';

const DEVKIT = 'dtmi:azurertos:devkit:hlby5jgib2o';

describe('parseCentralQuery', () => {
  it('reads every part of a query', () => {
    const text = `select top 10 $id, AVG(temperature) as t, MAX(sensors.humidity), PERCENTILE(temperature, 95)
      from ${DEVKIT};2 where WITHIN_WINDOW(P1D) and ($provisioned = true or sensors.humidity in [1, 2])
      group by $id, WINDOW(PT10M), room order by t desc, $id`;
    expect(parseCentralQuery(text)).toMatchObject({
      top: 10,
      items: [
        { name: '$id', value: { kind: 'meta', name: 'id' } },
        { name: 't', value: { kind: 'aggregate', name: 'AVG', field: { path: ['temperature'] } } },
        { name: 'max_sensors.humidity', value: { name: 'MAX', field: { path: ['sensors', 'humidity'] } } },
        { name: 'percentile_temperature', value: { percent: 95 } },
      ],
      source: { kind: 'template', templateId: `${DEVKIT};2` },
      where: {
        kind: 'and',
        terms: [
          { kind: 'window', window: { kind: 'last', duration: 'P1D' } },
          {
            kind: 'or',
            terms: [
              { kind: 'compare', value: true },
              { kind: 'in', values: [1, 2] },
            ],
          },
        ],
      },
      groupBy: [{ name: 'id' }, { kind: 'window', duration: 'PT10M' }, { path: ['room'] }],
      orderBy: [
        { by: { kind: 'aggregate', name: 'AVG' }, descending: true },
        { by: { kind: 'meta', name: 'id' }, descending: false },
      ],
    });
  });

  it.each([
    `SELECT $id, $ts, temperature AS t FROM ${DEVKIT} WHERE WITHIN_WINDOW(P1D) AND t > 0 ORDER BY temperature DESC, t`,
    `SELECT AVG(temperature), AVG(pressure) FROM ${DEVKIT} WHERE WITHIN_WINDOW(P1D) AND $id='sample-002' GROUP BY WINDOW(PT10M)`,
    `SELECT TOP 5 geo.latitude, top FROM urn:abc:MXChip:1 WHERE WITHIN_WINDOW('2026-01-31T00:00:00Z/2026-02-01T00:00:00Z')`,
    `SELECT ["serial number"], order FROM devices WHERE $group = 'g' AND floor BETWEEN 1 AND 3 AND name LIKE '%x_' AND y IS NOT NULL`,
    "SELECT COUNT(a) AS 'how many' FROM devices GROUP BY WINDOW('PT0.5S')",
  ])('writes %s so that it is read as the same', (text) => {
    const query = parseCentralQuery(text);
    expect(withoutPlaces(parseCentralQuery(formatCentralQuery(query)))).toEqual(withoutPlaces(query));
  });

  it.each([
    ['', 0, 'expected SELECT'],
    ['SELECT * FROM devices', 7, 'there is no *'],
    ['SELECT temperature FORM devices', 19, 'near "FORM": expected FROM'],
    ['SELECT temperature FROM device', 24, 'expected the id of a device template'],
    ['SELECT a, b AS a FROM devices', 10, 'another column is called "a"'],
    ['SELECT AVG($id) FROM devices', 11, 'expected a telemetry'],
    ['SELECT AVG(a), b FROM devices', 15, 'add it to GROUP BY'],
    ['SELECT AVG(a), $ts FROM devices', 15, 'add GROUP BY WINDOW'],
    ['SELECT AVG(a) AS x FROM devices WHERE x > 3', 38, 'before anything is counted'],
    ['SELECT a FROM devices WHERE WITHIN_WINDOW(P)', 42, 'ISO 8601 duration'],
    ["SELECT a FROM devices WHERE WITHIN_WINDOW('2026-01-02/2026-01-01')", 42, 'ends before it begins'],
    ['SELECT AVG(a) FROM devices GROUP BY WINDOW(PT1H), WINDOW(PT2H)', 50, 'one WINDOW'],
    ['SELECT TOP 0 a FROM devices', 11, 'TOP is followed by'],
    ['SELECT PERCENTILE(a, 101) FROM devices', 21, '0 to 100'],
    ['SELECT a FROM devices WHERE a == 1', 31, 'expected a value'],
    ['SELECT a FROM devices;', 21, 'without a semicolon'],
    [
      `SELECT ${Array.from({ length: 101 }, (_, index) => `a${index}`).join(', ')} FROM devices`,
      497,
      'at most 100 things',
    ],
    [`SELECT a FROM devices ${' '.repeat(65_536)}`, 65_536, 'at most 65536 characters'],
  ])('refuses %j, with the place', (text, offset, why) => {
    const refusal = refusalOf(() => parseCentralQuery(text));
    expect(refusal.message).toContain(why);
    expect(refusal.at.offset).toBe(offset);
  });

  it('gives a query that is written and read again as itself, or a refusal inside the text, for any text', () => {
    const pieces = [...CONDITION_PIECES, ...PIECES];
    const texts = fc
      .array(fc.constantFrom(...pieces), { maxLength: 16 })
      .map((words) => `SELECT a, b.c AS x FROM devices WHERE ${words.join(' ')}`);
    const selections = fc
      .array(fc.constantFrom(...pieces), { maxLength: 12 })
      .map((words) => `SELECT ${words.join(' ')} FROM devices`);
    fc.assert(
      fc.property(fc.oneof(texts, selections, fc.string()), (text) => {
        let query: CentralQuery | undefined;
        const refusal = refusalOf(() => {
          query = parseCentralQuery(text);
        });
        if (query === undefined) expect(refusal.at.offset + refusal.at.length).toBeLessThanOrEqual(text.length);
        else expect(withoutPlaces(parseCentralQuery(formatCentralQuery(query)))).toEqual(withoutPlaces(query));
      }),
      { numRuns: 3_000 },
    );
  });
});

const PIECES = [
  ...['AVG(a)', 'AVG(b.c)', 'AS', 'x', ',', 'TOP', 'SELECT', 'FROM', 'WHERE', 'GROUP BY', 'ORDER BY', 'WINDOW(PT1H)'],
  ...['DESC', 'PERCENTILE(a, 50)', 'top', '.', 'GROUP BY $id', 'ORDER BY a'],
];

function withoutPlaces(query: CentralQuery): unknown {
  return JSON.parse(
    JSON.stringify(query, (key, value: unknown) => (key === 'at' || key === 'valueAt' ? undefined : value)),
  );
}
