import { describe, expect, it } from 'vitest';
import { cellOf, resultsAsCsv, resultsAsJson } from './download-results.ts';

describe('resultsAsCsv', () => {
  it('quotes what needs it, and writes nested values as JSON', () => {
    const items = [
      { id: 'a,b', n: -1.5, on: true, tags: { site: 'n' } },
      { id: 'say "hi"', n: null },
    ];
    expect(resultsAsCsv(['id', 'n', 'on', 'tags'], items)).toBe(
      'id,n,on,tags\r\n"a,b",-1.5,true,"{""site"":""n""}"\r\n"say ""hi""",,,\r\n',
    );
  });

  it('lets no text of a device become a formula of a spreadsheet', () => {
    const hostile = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)'].map((id) => ({ id }));
    const lines = resultsAsCsv(['id'], hostile).split('\r\n').slice(1, -1);
    expect(lines).toEqual([`"'=HYPERLINK(""http://x"")"`, "'+1", "'-1", "'@SUM(A1)"]);
  });
});

describe('resultsAsJson', () => {
  it('gives back what was asked', () => {
    const items = [{ deviceId: 'd1', tags: { a: [1] } }];
    expect(JSON.parse(resultsAsJson(items))).toEqual(items);
  });
});

describe('cellOf', () => {
  it('prefers a property of that name to a path', () => {
    expect(cellOf({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1);
    expect(cellOf({ a: { b: 2 } }, 'a.b')).toBe(2);
    expect(cellOf({ a: 1 }, 'a.b')).toBeUndefined();
    expect(cellOf({}, 'constructor')).toBeUndefined();
    expect(cellOf(3, 'value')).toBe(3);
  });
});
