import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asHubError, HubError, type ImportView, LIMITS } from '@viaduct/contracts';
import { type MakesRandomness, newGuid, type OnFault, type TellsTime } from '@viaduct/hub';
import type { TemplateBook } from '../../template/template-book.ts';
import type { DeviceDirectory } from '../device-directory.ts';
import { CsvImport } from './csv-import.ts';
import type { ImportDefaults } from './import-line.ts';

export interface CsvImportsOptions extends MakesRandomness, TellsTime {
  readonly devices: Pick<DeviceDirectory, 'create'>;
  readonly templates: Pick<TemplateBook, 'get'>;
  /** Files lie here while they are remembered; what an earlier server left goes. */
  readonly folder: string;
  readonly onFault: OnFault;
}

export interface NewImport {
  readonly fileName: string;
  readonly defaults: ImportDefaults;
  readonly content: AsyncIterable<Buffer>;
}

interface Kept {
  readonly id: string;
  readonly fileName: string;
  readonly work: CsvImport;
  readonly startedTime: number;
  state: ImportView['state'];
  problem: string | null;
  endedTime: number | null;
  done: Promise<void>;
}

/**
 * Imports that run behind the request, LIMITS.CSV_IMPORTS_ACTIVE_MAX at a time, and the last LIMITS.CSV_IMPORTS_KEPT. They end with the server;
 * whoever sends the same file again makes what is missing, and hears `device.exists` of the rest.
 */
export class CsvImports {
  readonly #options: CsvImportsOptions;
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();
  /** Being received, and not in the list yet. */
  #arriving = 0;

  private constructor(options: CsvImportsOptions) {
    this.#options = options;
  }

  static async open(options: CsvImportsOptions): Promise<CsvImports> {
    await rm(options.folder, { recursive: true, force: true });
    return new CsvImports(options);
  }

  /** Resolves when the file is here; then it runs. @throws HubError central.limitReached, message.tooLarge */
  async start(wanted: NewImport): Promise<ImportView> {
    const active = [...this.#kept.values()].filter(({ state }) => state === 'running').length + this.#arriving;
    if (active >= LIMITS.CSV_IMPORTS_ACTIVE_MAX) {
      throw new HubError('central.limitReached', `${active} imports run already; wait for one to end`);
    }
    this.#arriving++;
    try {
      return viewOf(await this.#begin(wanted));
    } finally {
      this.#arriving--;
    }
  }

  /** Newest first. */
  list(): readonly ImportView[] {
    return [...this.#kept.values()].reverse().map(viewOf);
  }

  /** @throws HubError central.notFound */
  get(id: string): ImportView {
    return viewOf(this.#find(id));
  }

  /** Where the refused lines are. @throws HubError central.notFound */
  errorsFile(id: string): string {
    return this.#errorsPath(this.#find(id).id);
  }

  /** Resolves when it has ended; what was made stays. @throws HubError central.notFound */
  async cancel(id: string): Promise<void> {
    const kept = this.#find(id);
    kept.work.cancel();
    await kept.done;
  }

  async close(): Promise<void> {
    for (const { work } of this.#kept.values()) work.cancel();
    await Promise.all([...this.#kept.values()].map(({ done }) => done));
  }

  async #begin({ fileName, defaults, content }: NewImport): Promise<Kept> {
    const { devices, templates, folder, clock } = this.#options;
    await mkdir(folder, { recursive: true });
    const id = newGuid(this.#options);
    const file = join(folder, `${id}.csv`);
    await receive(content, file);
    const work = new CsvImport({ directory: devices, templates, file, errorsFile: this.#errorsPath(id), defaults });
    const startedTime = clock.now();
    const done = Promise.resolve();
    const kept: Kept = { id, fileName, work, startedTime, state: 'running', problem: null, endedTime: null, done };
    this.#kept.set(id, kept);
    kept.done = this.#run(kept, file);
    await this.#forgetOldest();
    return kept;
  }

  async #run(kept: Kept, file: string): Promise<void> {
    try {
      await kept.work.run();
      kept.state = kept.work.isCancelled ? 'cancelled' : 'done';
    } catch (thrown) {
      const { code, message } = asHubError(thrown);
      if (code === 'server.fault') this.#options.onFault(thrown);
      kept.state = 'failed';
      kept.problem = message;
    }
    kept.endedTime = this.#options.clock.now();
    await rm(file, { force: true });
  }

  async #forgetOldest(): Promise<void> {
    const ended = [...this.#kept.values()].filter(({ state }) => state !== 'running');
    for (const { id } of ended.slice(0, Math.max(0, this.#kept.size - LIMITS.CSV_IMPORTS_KEPT))) {
      this.#kept.delete(id);
      await rm(this.#errorsPath(id), { force: true });
    }
  }

  #errorsPath(id: string): string {
    return join(this.#options.folder, `${id}.errors.csv`);
  }

  #find(id: string): Kept {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new HubError('central.notFound', `there is no import ${id}, or it was forgotten`);
    return kept;
  }
}

/** @throws HubError message.tooLarge */
async function receive(content: AsyncIterable<Buffer>, file: string): Promise<void> {
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
    await pipeline(content, counted, createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

function viewOf({ id, fileName, work, state, problem, startedTime, endedTime }: Kept): ImportView {
  const { linesDone, lines, created, refused, refusals } = work;
  return {
    ...{ importId: id, fileName, state, linesDone, lines, created, refused, refusals, problem },
    startedAt: new Date(startedTime).toISOString(),
    endedAt: endedTime === null ? null : new Date(endedTime).toISOString(),
  };
}
