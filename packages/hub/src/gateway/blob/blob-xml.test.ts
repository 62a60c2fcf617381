import { HubError } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlockList, writeXml } from './blob-xml.ts';

function outcome(xml: string): unknown {
  try {
    return parseBlockList(xml);
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
}

describe('parseBlockList', () => {
  it('keeps the order of mixed elements', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?>
      <BlockList><Latest>AAAA</Latest><Committed>AAAB</Committed><Uncommitted>AAAA</Uncommitted><Latest>MDE=</Latest></BlockList>`;
    expect(parseBlockList(xml)).toEqual([
      { id: 'AAAA', from: 'latest' },
      { id: 'AAAB', from: 'committed' },
      { id: 'AAAA', from: 'uncommitted' },
      { id: 'MDE=', from: 'latest' },
    ]);
  });

  it('reads an id of digits as a text', () => {
    expect(parseBlockList('<BlockList><Latest>0001</Latest></BlockList>')).toEqual([{ id: '0001', from: 'latest' }]);
  });

  it.each([
    ['', 'format.invalid'],
    ['{}', 'format.invalid'],
    ['<BlockList>', 'format.invalid'],
    ['<BlockList><Latest>AAAA</BlockList>', 'format.invalid'],
    ['<BlockList><Other>AAAA</Other></BlockList>', 'format.invalid'],
    ['<BlockList><toString>AAAA</toString></BlockList>', 'format.invalid'],
    ['<BlockList><Latest></Latest></BlockList>', 'format.invalid'],
    ['<BlockList><Latest><b>AAAA</b></Latest></BlockList>', 'format.invalid'],
    ['<BlockList><Latest>no base64</Latest></BlockList>', 'blob.blockListInvalid'],
    ['<!DOCTYPE x [<!ENTITY a "AAAA">]><BlockList><Latest>&a;</Latest></BlockList>', 'blob.blockListInvalid'],
    [`<BlockList><Latest>${'A'.repeat(92)}</Latest></BlockList>`, 'blob.blockListInvalid'],
    ['<BlockList/>', []],
  ])('of %s gives %o', (xml, expected) => {
    expect(outcome(xml)).toEqual(expected);
  });

  it('gives a list or a refusal, whatever the text', () => {
    const pieces = fc.constantFrom(
      '<BlockList>',
      '</BlockList>',
      '<Latest>',
      '</Latest>',
      'AAAA',
      '<',
      '&',
      '<!--',
      ']]>',
      '<?',
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((all) => all.join('')),
        (xml) => void outcome(xml),
      ),
    );
    fc.assert(fc.property(fc.string(), (xml) => void outcome(xml)));
  });

  it('writes what has a meaning in XML as text', () => {
    expect(writeXml({ a: { b: '<&>"' } })).toBe(
      '<?xml version="1.0" encoding="utf-8"?><a><b>&lt;&amp;&gt;&quot;</b></a>',
    );
  });
});
