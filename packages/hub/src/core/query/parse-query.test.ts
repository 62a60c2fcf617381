import { HubError } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCondition, parseQuery, parseRouteCondition } from './parse-query.ts';
import { QueryRefusal } from './query-refusal.ts';

describe('parseQuery', () => {
  it('reads every part of a query', () => {
    const text = `select top 5 DeviceId, tags.[[a b]].order AS [[the order]], COUNT() as n from devices
      where properties.reported.list[0] = 0x1F group by deviceId, tags["a b"].order order by n desc, DEVICEID`;
    expect(parseQuery(text)).toMatchObject({
      source: 'devices',
      top: 5,
      columns: [
        { name: 'deviceId', value: { steps: ['deviceId'] } },
        { name: 'the order', value: { steps: ['tags', 'a b', 'order'] } },
        { name: 'n', value: { kind: 'aggregate', name: 'COUNT', argument: null } },
      ],
      where: {
        kind: 'comparison',
        left: { steps: ['properties', 'reported', 'list', 0] },
        right: { kind: 'constant', value: 31 },
      },
      groupBy: [{ steps: ['deviceId'] }, { steps: ['tags', 'a b', 'order'] }],
      orderBy: [
        { by: { kind: 'aggregate' }, descending: true },
        { by: { steps: ['deviceId'] }, descending: false },
      ],
    });
  });

  it('reads escapes, and the other spellings that back ends use', () => {
    const constantIn = (text: string) => parseQuery(`SELECT * FROM devices WHERE tags.a = ${text}`).where;
    expect(constantIn(String.raw`'it\'s "\u00e9" \\'`)).toMatchObject({ right: { value: 'it\'s "é" \\' } });
    expect(constantIn('"o\'clock"')).toMatchObject({ right: { value: "o'clock" } });
    expect(constantIn('-1.5e2')).toMatchObject({ right: { value: -150 } });
    expect(parseQuery('SELECT * FROM devices WHERE devices.tags.a <> 1').where).toMatchObject({
      operator: '!=',
      left: { steps: ['tags', 'a'] },
    });
    expect(parseQuery("SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'j'").where).toMatchObject({
      left: { steps: ['jobId'] },
    });
    const nin = { kind: 'not', operand: { kind: 'in', items: [1, -2, null] } };
    expect(parseQuery('SELECT * FROM devices WHERE tags.a NIN [1, -2, null]').where).toMatchObject(nin);
    expect(parseQuery('SELECT * FROM devices WHERE tags.a NOT IN (1, -2, null)').where).toMatchObject(nin);
  });

  it.each([
    ['', 0, 'expected SELECT'],
    ['SELECT * FORM devices', 9, 'near "FORM": expected FROM'],
    ['SELECT * FROM device', 14, 'expected devices, devices.modules or devices.jobs after FROM'],
    ['SELECT * FROM devices WHERE', 27, 'at its end (character 28): expected a value'],
    ['SELECT * FROM devices\nWHERE tags.a == 1', 36, 'line 2, character 15, near "=": expected a value'],
    ["SELECT * FROM devices WHERE tags.a = 'abc", 37, "has no closing '"],
    ["SELECT * FROM devices WHERE tag.a = 'b'", 28, 'near "tag": there is no field "tag"'],
    ['SELECT * FROM devices WHERE (tags.a = 1', 39, 'expected ")"'],
    ['SELECT * FROM devices WHERE tags.a = 1 tags.b = 2', 39, 'expected an operator'],
    ['SELECT * FROM devices;', 21, 'ends without a semicolon'],
    ['SELECT * FROM devices WHERE frobnicate(1)', 28, 'there is no function frobnicate'],
    ['SELECT * FROM devices WHERE LENGTH(1, 2)', 28, 'LENGTH has 1 argument, and not 2'],
    ['SELECT * FROM devices WHERE COUNT() > 1', 28, 'COUNT counts over rows'],
    ['SELECT COUNT(), tags.a FROM devices', 16, 'one of those in GROUP BY'],
    ['SELECT tags.x, properties.desired.x FROM devices', 15, 'another column is called "x"'],
    ['SELECT TOP 0 * FROM devices', 11, 'TOP is followed by a number from 1'],
    ['SELECT * FROM devices GROUP BY tags.a', 0, 'named columns'],
    ['SELECT jobId FROM devices', 7, 'devices has no field "jobId"'],
    ['SELECT deviceId FROM devices.jobs', 21, 'SELECT * FROM devices.jobs'],
    [String.raw`SELECT * FROM devices WHERE tags.a = 'a\qb'`, 39, String.raw`and not \q`],
    [String.raw`SELECT * FROM devices WHERE tags.a = '\ud800'`, 37, 'surrogate'],
    ['SELECT * FROM devices WHERE tags.a = 1e999', 37, 'too large'],
    [`SELECT * FROM devices WHERE ${'('.repeat(65)}1`, 92, 'nested deeper than 64'],
    [`SELECT * FROM devices WHERE tags.a = 1${'+1'.repeat(70)}`, 0, 'nested deeper than 64'],
  ])('refuses %j, with the place and what was expected', (text, offset, why) => {
    const refusal = refusalOf(() => parseQuery(text));
    expect(refusal.message).toContain(why);
    expect(refusal).toMatchObject({ code: 'argument.invalid', at: { offset } });
  });

  it('gives a query or a refusal for any text, in bounded time', () => {
    const words = [
      ...[
        'SELECT',
        '*',
        'FROM',
        'devices',
        'WHERE',
        'tags',
        '.',
        'a',
        '[',
        ']',
        '(',
        ')',
        ',',
        'AND',
        'NOT',
        'IN',
        '[[',
      ],
      ...[
        ']]',
        '{',
        '}',
        "'",
        '"',
        '\\',
        '-',
        '1',
        '0x',
        '1e',
        '=',
        '<',
        '!',
        'COUNT',
        'TOP',
        'ORDER',
        'BY',
        'AS',
        '\n',
        '𝒳',
      ],
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(' ')),
      fc
        .array(fc.constantFrom(...words), { maxLength: 30 })
        .map((parts) => `SELECT * FROM devices WHERE ${parts.join('')}`),
    );
    fc.assert(
      fc.property(text, (each) => {
        for (const parse of [parseQuery, parseCondition, parseRouteCondition]) {
          try {
            parse(each);
          } catch (error) {
            expect(error).toBeInstanceOf(HubError);
          }
        }
      }),
      { numRuns: Number(process.env.VIADUCT_FUZZ_RUNS ?? 1_000) },
    );
  });

  it.each([
    `SELECT * FROM devices WHERE ${"'\\'".repeat(2_500)}`,
    `SELECT * FROM devices WHERE ${'[['.repeat(4_000)}`,
    `SELECT * FROM devices WHERE tags.a = 1${' OR tags.a = 1'.repeat(570)}`,
    `SELECT * FROM devices WHERE ${'NOT '.repeat(1_900)}true`,
    `SELECT * FROM devices WHERE tags${'.a'.repeat(4_000)} = 1`,
    `SELECT * FROM devices WHERE tags.a IN [${'1,'.repeat(4_000)}1]`,
    `SELECT * FROM devices WHERE ${'{'.repeat(8_000)}`,
    `SELECT * FROM devices WHERE ${'1e'.repeat(4_000)}`,
  ])('takes its longest texts in well under a second (%#)', (text) => {
    const begun = process.cpuUsage();
    try {
      parseQuery(text);
    } catch (error) {
      expect(error).toBeInstanceOf(QueryRefusal);
    }
    expect(process.cpuUsage(begun).user).toBeLessThan(1_000_000);
  });
});

describe('parseCondition', () => {
  it('selects devices, or modules when it says so', () => {
    expect(parseCondition(' * ')).toEqual({ source: 'devices', where: null });
    expect(parseCondition("tags.site = 'x'")).toMatchObject({ source: 'devices', where: { kind: 'comparison' } });
    expect(parseCondition("from devices.modules where moduleId = 'm'")).toMatchObject({ source: 'devices.modules' });
    expect(parseCondition('FROM devices')).toEqual({ source: 'devices', where: null });
    expect(refusalOf(() => parseCondition('from devices.jobs')).message).toContain('not rows of jobs');
    expect(refusalOf(() => parseCondition('')).at).toEqual({ offset: 0, length: 0 });
  });
});

describe('parseRouteCondition', () => {
  it('tells properties, system properties, bodies and twins apart', () => {
    const text =
      "level = 'x' AND {my-prop} = 'y' AND $iothub-message-source = 'z' AND $body.a[0].b > 1 AND $twin.tags.c = 2";
    const { operands } = parseRouteCondition(text) as unknown as { operands: { left: object }[] };
    expect(operands.map(({ left }) => left)).toMatchObject([
      { scope: 'application', steps: ['level'] },
      { scope: 'application', steps: ['my-prop'] },
      { scope: 'system', steps: ['iothub-message-source'] },
      { scope: 'body', steps: ['a', 0, 'b'] },
      { scope: 'twin', steps: ['tags', 'c'] },
    ]);
    expect(refusalOf(() => parseRouteCondition('level.x = 1')).message).toContain('{name}');
    expect(refusalOf(() => parseRouteCondition('$twin.status = 1')).message).toContain('$twin.tags');
  });
});

function refusalOf(parse: () => unknown): QueryRefusal {
  try {
    parse();
  } catch (error) {
    if (error instanceof QueryRefusal) return error;
    throw error;
  }
  expect.fail('it was not refused');
}
