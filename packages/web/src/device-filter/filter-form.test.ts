import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, FILTER_OPERATORS, type FilterForm, formatForm, parseForm, whereText } from './filter-form.ts';

const where = (condition: string) => parseForm(`SELECT * FROM devices WHERE ${condition}`);

describe('the form of a filter', () => {
  it('reads what IoT Central writes', () => {
    expect(where(`$template = "dtmi:a:b;1" AND device_info.maker <> "O'Hara"`)).toEqual({
      join: 'AND',
      rows: [
        { field: '$template', operator: '=', value: 'dtmi:a:b;1' },
        { field: 'device_info.maker', operator: '!=', value: "O'Hara" },
      ],
    });
    expect(parseForm('select * from devices')).toEqual({ join: 'AND', rows: [] });
  });

  it('leaves to the text what a form cannot show', () => {
    expect(where('(a = 1 OR b = 2) AND c = 3')).toBeNull();
    expect(where('a = 1 OR b = 2 AND c = 3')).toBeNull();
    expect(where('NOT a = 1')).toBeNull();
    expect(where('a = ')).toBeNull();
  });

  it('is read again as it was written, whatever is typed', () => {
    const row = fc.record({
      field: fc.constantFrom('$template', '$connected', '$id', 'floor', 'thermostat.target'),
      operator: fc.constantFrom(...FILTER_OPERATORS),
      value: fc.oneof(fc.string(), fc.constantFrom('true', '12', '-3.5', "it's")),
    });
    const form = fc.record({
      join: fc.constantFrom('AND' as const, 'OR' as const),
      rows: fc.array(row, { minLength: 2, maxLength: 5 }),
    });
    fc.assert(
      fc.property(form, (typed: FilterForm) => {
        const rows = typed.rows.map((one) => (one.operator.startsWith('is') ? { ...one, value: '' } : one));
        expect(parseForm(formatForm(typed))).toEqual({ ...typed, rows });
      }),
    );
  });
});

describe('allOf', () => {
  it('joins whole queries and conditions, each in its own parentheses', () => {
    expect(allOf(['a = 1 OR b = 2', undefined, 'SELECT * FROM devices WHERE c = 3', 'SELECT * FROM devices'])).toBe(
      'SELECT * FROM devices WHERE (a = 1 OR b = 2) AND (c = 3)',
    );
    expect(allOf([undefined, ''])).toBeUndefined();
    expect(whereText('a = 1')).toBe('SELECT * FROM devices WHERE a = 1');
  });
});
