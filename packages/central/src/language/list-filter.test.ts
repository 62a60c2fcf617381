import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONDITION_PIECES, refusalOf } from '../testing/query-texts.ts';
import { parseListFilter, parseListOrder } from './list-filter.ts';

describe('parseListFilter', () => {
  it('reads the OData of IoT Central', () => {
    expect(parseListFilter("displayName eq 'it''s' and (enabled eq false or provisioned ne true)")).toEqual({
      kind: 'and',
      terms: [
        { kind: 'compare', field: { kind: 'meta', name: 'displayName' }, operator: '=', value: "it's" },
        {
          kind: 'or',
          terms: [
            { kind: 'compare', field: { kind: 'meta', name: 'enabled' }, operator: '=', value: false },
            { kind: 'compare', field: { kind: 'meta', name: 'provisioned' }, operator: '!=', value: true },
          ],
        },
      ],
    });
    expect(parseListFilter("type eq 'GatewayDevice' or type eq 'EdgeDevice'")).toMatchObject({ kind: 'or' });
    expect(parseListFilter("scopes eq 'seattle'")).toMatchObject({ field: { name: 'organization' } });
    expect(parseListFilter(String.raw`id eq 'a\b'`)).toMatchObject({ value: 'a\\b' });
  });

  it.each([
    ["indexof(displayName, 'x')", { kind: 'contains' }],
    ["indexof(displayName, 'x') ne -1", { kind: 'contains' }],
    ["indexof(displayName, 'x') ge 0", { kind: 'contains' }],
    ["indexof(displayName, 'x') eq -1", { kind: 'not' }],
    ["indexof(displayName, 'x') eq 0", { kind: 'startsWith' }],
    ["contains(displayName, 'x') eq true", { kind: 'contains' }],
    ["contains(displayName, 'x') eq false", { kind: 'not' }],
    ["not startswith(id, 'x')", { kind: 'not', term: { kind: 'startsWith' } }],
    ['template eq null', { kind: 'isNull' }],
  ])('reads %s', (text, wanted) => {
    expect(parseListFilter(text)).toMatchObject(wanted);
  });

  it.each([
    ['colour eq 1', 0, 'lists have no field colour'],
    ['id = 1', 3, 'expected eq, ne'],
    ['enabled eq 1', 11, 'true or false'],
    ["indexof(id, 'x') eq 7", 17, 'indexof is compared with'],
    ["id eq 'a", 6, "no closing '"],
  ])('refuses %j, with the place', (text, offset, why) => {
    const refusal = refusalOf(() => parseListFilter(text));
    expect(refusal).toMatchObject({ code: 'query.invalid', at: { offset } });
    expect(refusal.message).toContain(why);
  });

  it('gives a filter or a refusal inside the text, for any text', () => {
    const texts = fc
      .array(fc.constantFrom(...CONDITION_PIECES, 'id', 'eq', 'null', "indexof(id, 'a')"), { maxLength: 14 })
      .map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => {
        const { at } = refusalOf(() => parseListFilter(text));
        expect(at.offset + at.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('parseListOrder', () => {
  it('reads a field and a direction', () => {
    expect(parseListOrder('displayName desc')).toEqual({ field: 'displayName', descending: true });
    expect(parseListOrder('id')).toEqual({ field: 'id', descending: false });
    expect(refusalOf(() => parseListOrder('id down')).at).toEqual({ offset: 3, length: 4 });
  });
});
