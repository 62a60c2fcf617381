import { createReadStream } from 'node:fs';
import { HubError } from '@viaduct/contracts';
import { CsvError, parse } from 'csv-parse';
import type { CsvLine } from './import-line.ts';

export interface ReadLine {
  readonly record: CsvLine;
  /** In the file, from 1. */
  readonly info: { readonly lines: number };
}

/** A line may hold every cloud property there can be. */
const LINE_BYTES_MAX = 65_536;

/** The lines of a CSV file but its first, which names the columns. @throws HubError format.invalid */
export async function* readLines(file: string): AsyncGenerator<ReadLine> {
  const parser = parse({
    bom: true,
    columns: (names: readonly string[]) => names.map((name) => name.trim()),
    info: true,
    max_record_size: LINE_BYTES_MAX,
    skip_empty_lines: true,
  });
  const source = createReadStream(file);
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const line of source.pipe(parser)) yield line as ReadLine;
  } catch (error) {
    if (error instanceof CsvError) throw new HubError('format.invalid', error.message, { cause: error });
    throw error;
  } finally {
    source.destroy();
  }
}
