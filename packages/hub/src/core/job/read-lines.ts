/** A line of a file; `text` is null when it is longer than is read. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string | null;
  /** Bytes of the file up to and with its end. */
  readonly end: number;
}

const NEW_LINE = 0x0a;

/** The lines of a file as its bytes come in; at most one line of at most `bytesMax` is held. Empty ones are counted and left out. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Line> {
  let number = 0;
  let end = 0;
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  const finish = (): Line | undefined => {
    number++;
    const text =
      bytes > bytesMax
        ? null
        : Buffer.concat(pieces)
            .toString('utf8')
            .replace(/^\uFEFF/, '')
            .trim();
    pieces = [];
    bytes = 0;
    return text === '' ? undefined : { number, text, end };
  };
  const hold = (piece: Uint8Array) => {
    bytes += piece.length;
    end += piece.length;
    if (bytes > bytesMax) pieces = [];
    else if (piece.length > 0) pieces.push(piece);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, start)) {
      hold(chunk.subarray(start, at));
      end++;
      start = at + 1;
      const line = finish();
      if (line !== undefined) yield line;
    }
    hold(chunk.subarray(start));
  }
  if (bytes > 0) {
    const line = finish();
    if (line !== undefined) yield line;
  }
}
