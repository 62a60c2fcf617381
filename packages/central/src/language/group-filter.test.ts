import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceFilter } from '../directory/device-filter.ts';
import { CONDITION_PIECES, refusalOf } from '../testing/query-texts.ts';
import { formatGroupFilter, parseGroupFilter } from './group-filter.ts';

const where = (condition: string) => parseGroupFilter(`SELECT * FROM devices WHERE ${condition}`);

describe('parseGroupFilter', () => {
  it('reads what IoT Central writes, in both kinds of quotes', () => {
    const wanted: DeviceFilter = {
      kind: 'and',
      terms: [
        { kind: 'compare', field: { kind: 'meta', name: 'template' }, operator: '=', value: 'dtmi:a:b;1' },
        {
          kind: 'compare',
          field: { kind: 'property', component: null, path: ['device_info', 'maker'] },
          operator: '!=',
          value: "O'Hara",
        },
      ],
    };
    expect(where(`$template = "dtmi:a:b;1" AND device_info.maker != "O'Hara"`)).toEqual(wanted);
    expect(where(`$template = 'dtmi:a:b;1' and device_info.maker <> 'O''Hara'`)).toEqual(wanted);
    expect(parseGroupFilter('SELECT * FROM devices')).toEqual({ kind: 'and', terms: [] });
  });

  it('reads more than IoT Central: OR, NOT, parentheses, IN, LIKE, CONTAINS, BETWEEN, IS NULL', () => {
    expect(where(`NOT ($id IN ['a', 'b'] OR $displayName LIKE '%pump%') AND floor BETWEEN 1 AND 3`)).toMatchObject({
      kind: 'and',
      terms: [
        {
          kind: 'not',
          term: {
            kind: 'or',
            terms: [
              { kind: 'in', values: ['a', 'b'] },
              { kind: 'contains', text: 'pump' },
            ],
          },
        },
        { kind: 'compare', operator: '>=', value: 1 },
        { kind: 'compare', operator: '<=', value: 3 },
      ],
    });
    expect(where(`["serial number"] IS NOT NULL OR CONTAINS($id, 'x') OR $id LIKE 'a%'`)).toMatchObject({
      terms: [
        { kind: 'not', term: { kind: 'isNull', field: { path: ['serial number'] } } },
        { kind: 'contains', text: 'x' },
        { kind: 'startsWith', text: 'a' },
      ],
    });
    expect(where(`$lastSeenTime < '2026-01-31T00:00:00Z'`)).toMatchObject({ value: Date.UTC(2026, 0, 31) });
  });

  it.each([
    ['', 0, 'expected SELECT'],
    ['SELECT id FROM devices', 7, 'expected "*"'],
    ['SELECT * FROM devices WHERE', 27, 'at its end'],
    ['SELECT * FROM devices WHERE $tmplate = "x"', 28, 'there is no $tmplate'],
    ['SELECT * FROM devices WHERE $provisioned = "yes"', 43, 'compared with true or false'],
    ['SELECT * FROM devices WHERE $id = 5', 34, 'compared with a text'],
    ['SELECT * FROM devices WHERE WITHIN_WINDOW(P1D)', 28, 'a window is of telemetry'],
    ['SELECT * FROM devices WHERE $ts > 5', 28, '$ts is of telemetry'],
    ["SELECT * FROM devices WHERE a LIKE 'x%y'", 35, 'LIKE has the forms'],
    [`SELECT * FROM devices WHERE ${'('.repeat(70)}a = 1`, 92, 'nested deeper than 64'],
    [`SELECT * FROM devices WHERE a = 0${' OR a = 1'.repeat(100)}`, 928, 'at most 100 terms'],
  ])('refuses %j, with the place', (text, offset, why) => {
    const refusal = refusalOf(() => parseGroupFilter(text));
    expect(refusal.message).toContain(why);
    expect(refusal.at.offset).toBe(offset);
  });

  it('gives a filter that is written and read again as itself, or a refusal inside the text, for any text', () => {
    const texts = fc
      .array(fc.constantFrom(...CONDITION_PIECES), { maxLength: 14 })
      .map((pieces) => `SELECT * FROM devices WHERE ${pieces.join(' ')}`);
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => {
        let filter: DeviceFilter | undefined;
        const refusal = refusalOf(() => {
          filter = parseGroupFilter(text);
        });
        if (filter !== undefined) expect(parseGroupFilter(formatGroupFilter(filter))).toEqual(filter);
        else expect(refusal.at.offset + refusal.at.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });
});
