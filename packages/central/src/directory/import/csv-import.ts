import { asHubError, type ErrorCode, HubError, type ImportRefusal, LIMITS } from '@viaduct/contracts';
import type { Hub } from '@viaduct/hub';
import type { TemplateBook } from '../../template/template-book.ts';
import type { DeviceDirectory, NewDevice } from '../device-directory.ts';
import type { ImportBook, ImportRecord, ImportStep } from './import-book.ts';
import { COLUMN, deviceOfLine } from './import-line.ts';
import { type ReadLine, readLines } from './read-lines.ts';

export interface CsvImportOptions {
  readonly devices: Pick<DeviceDirectory, 'create' | 'update' | 'patchCloudProperties'>;
  readonly registry: Pick<Hub['registry'], 'find'>;
  readonly templates: Pick<TemplateBook, 'get'>;
  readonly book: ImportBook;
  /** The file as it was sent. */
  readonly file: string;
}

/** Nothing is wrong with the line: it waits, and the import with it. */
const TROUBLES: readonly ErrorCode[] = ['store.unavailable', 'log.unavailable', 'quota.exceeded', 'server.draining'];

/**
 * Makes devices of the lines of a file, some side by side; a line that is refused is told and the others go on.
 *
 *     file ─► LIMITS.CSV_IMPORT_SIDE_BY_SIDE lines ─► noted: who is there already ─► directory ─► outcomes, in one transaction ─► next
 *
 * Invariants
 *  1. A line's outcome is kept once, in the order of the file. Where the server ends in the middle of a step, the step is done again.
 *  2. Done again, a device that is there and was not before the step is this import's own: what is missing of it is added, and the line counts
 *     as made. No line makes another device, or is told that what it made itself exists already.
 *  3. A step has no device twice, so that it does not matter which of its lines is first.
 */
export class CsvImport {
  readonly #options: CsvImportOptions;

  constructor(options: CsvImportOptions) {
    this.#options = options;
  }

  /**
   * From where `record` is; resolves at the end of the file, or after the step that was under way when `signal` was aborted.
   *
   * @throws HubError format.invalid: no CSV, or without the column that is needed; central.limitReached; TROUBLES, after which it can be run again
   */
  async run(record: ImportRecord, signal: AbortSignal): Promise<void> {
    const { book, file } = this.#options;
    if (record.lines === null) await book.saveLines(record, await countLines(file));
    let isAgain = record.step !== null;
    for await (const lines of stepsOf(linesAfter(file, record.linesDone), record.step?.lines)) {
      if (signal.aborted) return;
      const step = (isAgain ? record.step : undefined) ?? (await this.#begin(record, lines));
      await book.endStep(record, step, await this.#make(record, lines, { step, isAgain }));
      isAgain = false;
    }
  }

  async #begin(record: ImportRecord, lines: readonly ReadLine[]): Promise<ImportStep> {
    const ids = lines.map(idOf).filter((deviceId) => deviceId !== '');
    const found = await Promise.all(ids.map((deviceId) => this.#options.registry.find({ deviceId })));
    const step = { lines: lines.length, existing: ids.filter((_, index) => found[index] !== undefined) };
    await this.#options.book.beginStep(record, step);
    return step;
  }

  /** Resolves with those that were refused, when all are done. */
  async #make(
    { defaults }: ImportRecord,
    lines: readonly ReadLine[],
    { step, isAgain }: { readonly step: ImportStep; readonly isAgain: boolean },
  ): Promise<readonly ImportRefusal[]> {
    const outcomes = await Promise.allSettled(
      lines.map(async ({ record }) => {
        const { deviceId, device } = deviceOfLine(record, defaults, (id) => this.#options.templates.get(id));
        const isOwn = isAgain && !step.existing.includes(deviceId);
        if (isOwn && (await this.#options.registry.find({ deviceId })) !== undefined)
          await this.#finish(deviceId, device);
        else await this.#options.devices.create(deviceId, device);
      }),
    );
    return outcomes.flatMap((outcome, index) => {
      const line = lines[index];
      return outcome.status === 'rejected' && line !== undefined ? [refusalOf(line, outcome.reason)] : [];
    });
  }

  /** The hub has it since before the crash; what only central knows may be missing. */
  async #finish(deviceId: string, device: NewDevice): Promise<void> {
    const { authentication: _authentication, isEdge: _isEdge, cloudProperties = {}, ...change } = device;
    await this.#options.devices.update(deviceId, change);
    if (Object.keys(cloudProperties).length > 0) {
      await this.#options.devices.patchCloudProperties(deviceId, cloudProperties);
    }
  }
}

/** @throws what is no refusal of the line: a fault of ours, or a trouble, which every further line would meet too */
function refusalOf({ record, info }: ReadLine, thrown: unknown): ImportRefusal {
  const { code, message } = asHubError(thrown);
  if (code === 'server.fault' || TROUBLES.includes(code)) throw thrown;
  const deviceId = record[COLUMN.deviceId]?.trim().slice(0, LIMITS.AUDIT_TEXT_CHARACTERS_MAX) || null;
  return { line: info.lines, deviceId, code, message: message.slice(0, LIMITS.REASON_CHARACTERS_MAX) };
}

/** Whether it is worth another try in a while. Pure. */
export function isTrouble({ code }: HubError): boolean {
  return TROUBLES.includes(code);
}

/** Once through the file before anything is made: what is no CSV makes no device. */
async function countLines(file: string): Promise<number> {
  let count = 0;
  for await (const { record } of readLines(file)) {
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

async function* linesAfter(file: string, skip: number): AsyncGenerator<ReadLine> {
  let at = 0;
  for await (const line of readLines(file)) if (++at > skip) yield line;
}

/** Lines to be made side by side, none of the same device; the first step has as many as it had before the server ended. */
async function* stepsOf(lines: AsyncIterable<ReadLine>, firstLines?: number): AsyncGenerator<readonly ReadLine[]> {
  let step: ReadLine[] = [];
  let linesMax = firstLines ?? LIMITS.CSV_IMPORT_SIDE_BY_SIDE;
  for await (const line of lines) {
    const deviceId = idOf(line);
    if (step.length >= linesMax || (deviceId !== '' && step.some((other) => idOf(other) === deviceId))) {
      yield step;
      step = [];
      linesMax = LIMITS.CSV_IMPORT_SIDE_BY_SIDE;
    }
    step.push(line);
  }
  if (step.length > 0) yield step;
}

function idOf({ record }: ReadLine): string {
  return record[COLUMN.deviceId]?.trim() ?? '';
}
