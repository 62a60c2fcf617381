import { describe, expect, it } from 'vitest';
import { facts, Output, table } from './output.ts';

function streams(errIsTerminal = false) {
  const written = { out: '', err: '' };
  const output = (json: boolean) =>
    new Output(
      {
        out: (text) => {
          written.out += text;
        },
        err: (text) => {
          written.err += text;
        },
        errIsTerminal,
      },
      json,
    );
  return { written, output };
}

describe('Output', () => {
  it('prints people their form and scripts JSON', () => {
    const { written, output } = streams();
    output(false).answer({ a: 1 }, () => 'one');
    output(true).answer({ a: 1 }, () => 'one');
    expect(written.out).toBe('one\n{\n  "a": 1\n}\n');
  });

  it('prints a stream as one JSON value a line', () => {
    const { written, output } = streams();
    const stream = output(true);
    stream.item({ a: 1 }, () => '');
    stream.item({ a: [2] }, () => '');
    expect(
      written.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ a: 1 }, { a: [2] }]);
  });

  it('keeps progress off standard output, and wipes it before an answer on a terminal', () => {
    const { written, output } = streams(true);
    const answering = output(false);
    answering.progress('working');
    answering.answer({}, () => 'done');
    expect(written.out).toBe('done\n');
    expect(written.err).toBe('\rworking\u001b[K\r\u001b[K');
  });
});

describe('table', () => {
  it('aligns columns and leaves no blanks at the end of a line', () => {
    expect(
      table(
        ['ID', 'STATE'],
        [
          ['a-long-id', 'on'],
          ['b', ''],
        ],
      ),
    ).toBe('ID         STATE\na-long-id  on\nb\n');
  });
});

describe('facts', () => {
  it('leaves out what is not known', () => {
    expect(
      facts([
        ['device', 'd'],
        ['root to trust', undefined],
        ['seen', null],
      ]),
    ).toBe('device  d\n');
  });
});
