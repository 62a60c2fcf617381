import type { Failure } from './explain-failure.ts';

/** Where text goes; tests give arrays instead of a process. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person watches standard error: then progress may redraw its line. */
  readonly errIsTerminal: boolean;
}

const WAITING_MS = 2_000;
const QUIET_EVERY = 10;

/**
 * One command's output. People read tables on standard output and everything that is not the answer on standard error;
 * with `--json` standard output is one JSON value, or for streams one value a line, and nothing else.
 */
export class Output {
  readonly json: boolean;
  readonly #streams: Streams;
  #progressShown = false;

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.json = json;
  }

  /** The answer: as JSON, or as people read it. */
  answer(value: unknown, human: () => string): void {
    this.#clearProgress();
    this.#streams.out(this.json ? `${JSON.stringify(value, null, 2)}\n` : endWithNewLine(human()));
  }

  /** One of many: NDJSON, or a line. */
  item(value: unknown, human: () => string): void {
    this.#clearProgress();
    this.#streams.out(this.json ? `${JSON.stringify(value)}\n` : endWithNewLine(human()));
  }

  /** Beside the answer: for people, also with `--json`, for it does not touch standard output. */
  note(text: string): void {
    this.#clearProgress();
    this.#streams.err(endWithNewLine(text));
  }

  /** A line that replaces itself where a person watches. */
  progress(text: string): void {
    if (this.#streams.errIsTerminal) {
      this.#streams.err(`\r${text}\u001b[K`);
      this.#progressShown = true;
    } else {
      this.#streams.err(endWithNewLine(text));
    }
  }

  failure(failure: Failure): void {
    this.#clearProgress();
    if (this.json) {
      const { exitCode, code, message, advice } = failure;
      this.#streams.err(`${JSON.stringify({ error: { exitCode, code, message, advice } })}\n`);
      return;
    }
    this.#streams.err(`error: ${endWithNewLine(failure.message)}       ${endWithNewLine(failure.advice)}`);
  }

  /** Says what is being waited for when it takes more than two seconds, and goes on saying so; a function says how far it is. */
  async waiting<T>(what: string | (() => string), work: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let told = 0;
    const say = () => {
      // A log needs to hear of it less often than a person who watches.
      if (this.#streams.errIsTerminal || told % QUIET_EVERY === 0) {
        this.progress(
          `${typeof what === 'string' ? what : what()} … ${Math.round((performance.now() - startedAt) / 1000)} s`,
        );
      }
      told += 1;
    };
    const timer = setInterval(say, WAITING_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.#clearProgress();
    }
  }

  #clearProgress(): void {
    if (this.#progressShown) this.#streams.err('\r\u001b[K');
    this.#progressShown = false;
  }
}

/** Columns as wide as their widest cell; the last one runs free. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${[line(headings), ...rows.map(line)].join('\n')}\n`;
}

/** Name and value, one pair a line; pairs without a value are left out. */
export function facts(pairs: readonly (readonly [string, string | null | undefined])[]): string {
  const known = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== null && pair[1] !== undefined);
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function endWithNewLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
