import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { asHubError, HubError, type ImportView, LIMITS } from '@viaduct/contracts';
import { type Hub, newGuid, type OnFault } from '@viaduct/hub';
import { realDisk } from '@viaduct/log';
import type { CentralStore } from '../../store/central-store.ts';
import { findDiskTrouble } from '../../store/disk-trouble.ts';
import type { TemplateBook } from '../../template/template-book.ts';
import { CsvImport, type CsvImportOptions, isTrouble } from './csv-import.ts';
import { csvLine } from './csv-line.ts';
import { ImportBook, type ImportRecord } from './import-book.ts';
import { COLUMN, type ImportDefaults } from './import-line.ts';

export interface CsvImportsOptions {
  readonly hub: Pick<Hub, 'registry' | 'clock' | 'random'>;
  readonly devices: CsvImportOptions['devices'];
  readonly templates: Pick<TemplateBook, 'get'>;
  readonly store: CentralStore;
  /** Files lie here while their lines are made. */
  readonly folder: string;
  readonly onFault: OnFault;
  /** Time after which an import that waits tries again, ms. */
  readonly retryMs?: number;
}

export interface NewImport {
  readonly fileName: string;
  readonly defaults: ImportDefaults;
  readonly content: AsyncIterable<Buffer>;
}

/** One that runs. */
interface Active {
  readonly cancelling: AbortController;
  /** Why it does not get on. */
  problem: string | null;
  done: Promise<void>;
}

const RETRY_MS = 5_000;
const REFUSALS_READ_AT_ONCE = 1_000;

/**
 * Imports that run behind the request, LIMITS.CSV_IMPORTS_ACTIVE_MAX at a time.
 *
 *     content ─► file, synced ─► row, COMMIT ─► 202 ─► steps, each with its outcomes ─► ended, and the file goes
 *
 * Invariants
 *  1. What was accepted is done, whatever ends the server meanwhile: the next start goes on after the last step whose outcomes are kept.
 *  2. A file without a row that runs is nobody's: it goes at the next start.
 *  3. A disk that takes nothing ends no import: it waits, and says so.
 */
export class CsvImports {
  readonly #options: CsvImportsOptions;
  readonly #book: ImportBook;
  readonly #active = new Map<string, Active>();
  readonly #closing = new AbortController();
  /** Being received, and not in the book yet. */
  #arriving = 0;

  private constructor(options: CsvImportsOptions) {
    this.#options = options;
    this.#book = new ImportBook(options.store);
  }

  /** Goes on with what the last server left. */
  static async open(options: CsvImportsOptions): Promise<CsvImports> {
    const imports = new CsvImports(options);
    await mkdir(options.folder, { recursive: true });
    const running = (await imports.#book.list()).filter(({ state }) => state === 'running').reverse();
    const wanted = new Set(running.map(({ importId }) => `${importId}.csv`));
    for (const name of await readdir(options.folder)) {
      if (!wanted.has(name)) await rm(join(options.folder, name), { recursive: true, force: true });
    }
    for (const record of running) imports.#begin(record);
    return imports;
  }

  /** Resolves when the file is here for good; then it runs. @throws HubError central.limitReached, message.tooLarge, store.unavailable (retry) */
  async start({ fileName, defaults, content }: NewImport): Promise<ImportView> {
    const active = this.#active.size + this.#arriving;
    if (active >= LIMITS.CSV_IMPORTS_ACTIVE_MAX) {
      throw new HubError('central.limitReached', `${active} imports run already; wait for one to end`);
    }
    this.#arriving++;
    const importId = newGuid(this.#options.hub);
    try {
      await receive(content, this.#options.folder, this.#fileOf(importId));
      const startedTime = this.#options.hub.clock.now();
      const record = await this.#book.add({ importId, fileName, defaults, startedTime });
      this.#begin(record);
      return this.#view(record);
    } catch (error) {
      await rm(this.#fileOf(importId), { force: true });
      throw error;
    } finally {
      this.#arriving--;
    }
  }

  /** Newest first. */
  async list(): Promise<readonly ImportView[]> {
    return Promise.all((await this.#book.list()).map((record) => this.#view(record)));
  }

  /** @throws HubError central.notFound */
  async get(importId: string): Promise<ImportView> {
    return this.#view(await this.#find(importId));
  }

  /** The refused lines, as CSV. @throws HubError central.notFound */
  async refusedLines(importId: string): Promise<AsyncIterable<string>> {
    return refusedLines(this.#book, await this.#find(importId));
  }

  /** Resolves when it has ended; what was made stays. @throws HubError central.notFound */
  async cancel(importId: string): Promise<void> {
    await this.#find(importId);
    const active = this.#active.get(importId);
    if (active === undefined) return;
    active.cancelling.abort();
    await active.done;
  }

  /** What runs goes on at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#active.values()].map(({ done }) => done));
  }

  #begin(record: ImportRecord): void {
    const active: Active = { cancelling: new AbortController(), problem: null, done: Promise.resolve() };
    this.#active.set(record.importId, active);
    active.done = this.#run(record.importId, active).finally(() => this.#active.delete(record.importId));
  }

  /** Until the end of the file, or ours. */
  async #run(importId: string, active: Active): Promise<void> {
    const ending = AbortSignal.any([this.#closing.signal, active.cancelling.signal]);
    for (;;) {
      try {
        await this.#runOnce(importId, active, ending);
        return;
      } catch (thrown) {
        const trouble = asHubError(findDiskTrouble(thrown) ?? thrown);
        // The book itself fails in a way that we do not know: the next start tries again.
        if (!isTrouble(trouble)) return this.#options.onFault(thrown);
        if (this.#closing.signal.aborted) return;
        active.problem = trouble.message;
        // One that was cancelled waits, too, until that can be written.
        const signal = ending.aborted ? this.#closing.signal : ending;
        await wait(this.#options.retryMs ?? RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #runOnce(importId: string, active: Active, ending: AbortSignal): Promise<void> {
    const { hub, devices, templates } = this.#options;
    const record = await this.#find(importId);
    const file = this.#fileOf(importId);
    const work = new CsvImport({ devices, templates, registry: hub.registry, book: this.#book, file });
    const problem = await work.run(record, ending).then(
      () => null,
      (thrown: unknown) => this.#problemOf(thrown),
    );
    active.problem = null;
    const isCancelled = active.cancelling.signal.aborted;
    if (problem === null && ending.aborted && !isCancelled) return;
    const state = problem !== null ? 'failed' : isCancelled ? 'cancelled' : 'done';
    await this.#book.end(record, { state, problem, endedTime: hub.clock.now() });
    await rm(file, { force: true });
  }

  /** Why it cannot go on. @throws what it can wait for */
  #problemOf(thrown: unknown): string {
    const refusal = asHubError(findDiskTrouble(thrown) ?? thrown);
    if (isTrouble(refusal)) throw thrown;
    if (refusal.code === 'server.fault') this.#options.onFault(thrown);
    return refusal.message;
  }

  async #view(record: ImportRecord): Promise<ImportView> {
    const { importId, fileName, state, linesDone, lines, created, refused, startedTime, endedTime } = record;
    const refusals = await this.#book.refusals(record, { after: 0, limit: LIMITS.CSV_IMPORT_REFUSALS_SHOWN });
    const problem = record.problem ?? this.#active.get(importId)?.problem ?? null;
    return {
      ...{ importId, fileName, state, linesDone, lines, created, refused, refusals, problem },
      startedAt: new Date(startedTime).toISOString(),
      endedAt: endedTime === null ? null : new Date(endedTime).toISOString(),
    };
  }

  async #find(importId: string): Promise<ImportRecord> {
    const record = await this.#book.find(importId);
    if (record === undefined) {
      throw new HubError('central.notFound', `there is no import ${importId}, or it was forgotten`);
    }
    return record;
  }

  #fileOf(importId: string): string {
    return join(this.#options.folder, `${importId}.csv`);
  }
}

/** On disk when it resolves, name and all; keys of devices may be in it. @throws HubError message.tooLarge, store.unavailable (retry) */
async function receive(content: AsyncIterable<Buffer>, folder: string, file: string): Promise<void> {
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > LIMITS.CSV_IMPORT_BYTES_MAX) {
        throw new HubError('message.tooLarge', `a file has at most ${LIMITS.CSV_IMPORT_BYTES_MAX} bytes`);
      }
      yield chunk;
    }
  };
  try {
    await pipeline(content, counted, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
    await realDisk().syncDirectory(folder);
  } catch (error) {
    throw findDiskTrouble(error) ?? error;
  }
}

async function* refusedLines(book: ImportBook, record: ImportRecord): AsyncGenerator<string> {
  yield csvLine(['line', COLUMN.deviceId, 'code', 'message']);
  for (let after = 0; ; ) {
    const some = await book.refusals(record, { after, limit: REFUSALS_READ_AT_ONCE });
    yield some
      .map(({ line, deviceId, code, message }) => csvLine([String(line), deviceId ?? '', code, message]))
      .join('');
    const last = some.at(-1);
    if (last === undefined) return;
    after = last.line;
  }
}
