import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { asHubError, HubError, type ImportRefusal, LIMITS } from '@viaduct/contracts';
import { CsvError, parse } from 'csv-parse';
import type { TemplateBook } from '../../template/template-book.ts';
import type { DeviceDirectory } from '../device-directory.ts';
import { csvLine } from './csv-line.ts';
import { COLUMN, type CsvLine, deviceOfLine, type ImportDefaults } from './import-line.ts';

export interface CsvImportOptions {
  readonly directory: Pick<DeviceDirectory, 'create'>;
  readonly templates: Pick<TemplateBook, 'get'>;
  /** The file as it was sent, and where refusals are written. */
  readonly file: string;
  readonly errorsFile: string;
  readonly defaults: ImportDefaults;
}

interface ReadLine {
  readonly record: CsvLine;
  /** In the file, from 1. */
  readonly info: { readonly lines: number };
}

/** A line may hold every cloud property there can be. */
const LINE_BYTES_MAX = 65_536;

/**
 * Makes devices of the lines of a file, some side by side; a line that is refused is told and the others go on.
 *
 *     file ─► lines ─► LIMITS.CSV_IMPORT_SIDE_BY_SIDE at a time ─► directory ─► counted, or a line of errors
 */
export class CsvImport {
  readonly #options: CsvImportOptions;
  readonly #ending = new AbortController();
  readonly refusals: ImportRefusal[] = [];
  linesDone = 0;
  lines: number | null = null;
  created = 0;
  refused = 0;

  constructor(options: CsvImportOptions) {
    this.#options = options;
  }

  /** Resolves at the end of the file, or when it was cancelled. @throws HubError format.invalid: no CSV, or without the column that is needed */
  async run(): Promise<void> {
    this.lines = await this.#countLines();
    const errors = createWriteStream(this.#options.errorsFile);
    errors.write(csvLine(['line', COLUMN.deviceId, 'code', 'message']));
    try {
      for await (const group of groupsOf(this.#read())) {
        if (this.#ending.signal.aborted) return;
        await Promise.all(group.map((line) => this.#make(line, errors)));
      }
    } finally {
      errors.end();
      await once(errors, 'close');
    }
  }

  cancel(): void {
    this.#ending.abort();
  }

  get isCancelled(): boolean {
    return this.#ending.signal.aborted;
  }

  async #make({ record, info }: ReadLine, errors: WriteStream): Promise<void> {
    const { directory, templates, defaults } = this.#options;
    try {
      const { deviceId, device } = deviceOfLine(record, defaults, (templateId) => templates.get(templateId));
      await directory.create(deviceId, device);
      this.created++;
    } catch (thrown) {
      const { code, message } = asHubError(thrown);
      // A fault of ours ends the import: every further line would meet it too.
      if (code === 'server.fault') throw thrown;
      this.#refuse({ line: info.lines, deviceId: record[COLUMN.deviceId]?.trim() || null, code, message }, errors);
    } finally {
      this.linesDone++;
    }
  }

  #refuse(refusal: ImportRefusal, errors: WriteStream): void {
    this.refused++;
    const { line, deviceId, code, message } = refusal;
    errors.write(csvLine([String(line), deviceId ?? '', code, message]));
    if (this.refusals.length < LIMITS.CSV_IMPORT_REFUSALS_SHOWN) this.refusals.push(refusal);
  }

  /** Once through the file before anything is made: what is no CSV makes no device. */
  async #countLines(): Promise<number> {
    let count = 0;
    for await (const { record } of this.#read()) {
      if (count === 0 && record[COLUMN.deviceId] === undefined) {
        throw new HubError('format.invalid', `the first line names no column ${COLUMN.deviceId}`);
      }
      count++;
      if (count > LIMITS.CSV_IMPORT_DEVICES_MAX) {
        throw new HubError('central.limitReached', `an import has at most ${LIMITS.CSV_IMPORT_DEVICES_MAX} devices`);
      }
    }
    return count;
  }

  async *#read(): AsyncGenerator<ReadLine> {
    const parser = parse({
      bom: true,
      columns: (names: readonly string[]) => names.map((name) => name.trim()),
      info: true,
      max_record_size: LINE_BYTES_MAX,
      skip_empty_lines: true,
    });
    const source = createReadStream(this.#options.file);
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
}

async function* groupsOf(lines: AsyncIterable<ReadLine>): AsyncGenerator<readonly ReadLine[]> {
  let group: ReadLine[] = [];
  for await (const line of lines) {
    group.push(line);
    if (group.length < LIMITS.CSV_IMPORT_SIDE_BY_SIDE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
