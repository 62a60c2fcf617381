import { opendir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { HubError, isDtmi, type JsonObject, LIMITS, type ModelSummary } from '@viaduct/contracts';
import type { Clock } from '@viaduct/hub';
import { summarizeModel } from './summarize-model.ts';

/** How long an answer stands, ms: a document that was added or corrected is seen after this, without a restart. */
const FRESH_MS = 10_000;

interface Loaded<T> {
  readonly value: Promise<T>;
  readonly until: number;
}

/**
 * DTDL documents in folders, found by the DTMI path convention: `dtmi:com:example:Thermostat;1` lies at
 * `dtmi/com/example/thermostat-1.json`, or `thermostat-1.expanded.json` with all it needs.
 *
 * An identifier is checked before it becomes a path, and its alphabet holds neither `/` nor `..`, so no request leaves the folders.
 * Source: "Device models repository", resolution conventions.
 */
export class ModelRepository {
  readonly #directories: readonly string[];
  readonly #clock: Clock;
  readonly #documents = new Map<string, Loaded<unknown>>();
  readonly #summaries = new Map<string, Loaded<ModelSummary | null>>();

  constructor(directories: readonly string[], clock: Clock) {
    this.#directories = directories;
    this.#clock = clock;
  }

  /** The document as its author wrote it. @throws HubError model.notFound, model.invalid */
  async getDocument(modelId: string): Promise<unknown> {
    const document = await this.findDocument(modelId);
    if (document === undefined) throw new HubError('model.notFound', `no models folder has ${modelId}`);
    return document;
  }

  /** Null for a model that is not here, or cannot be read: `getDocument` says why. */
  findSummary(modelId: string): Promise<ModelSummary | null> {
    return this.#fresh(this.#summaries, modelId, () => this.#summarize(modelId));
  }

  async #summarize(modelId: string): Promise<ModelSummary | null> {
    try {
      const document = await this.findDocument(modelId);
      return document === undefined
        ? null
        : await summarizeModel(document, modelId, (other) => this.findDocument(other));
    } catch (thrown) {
      if (thrown instanceof HubError) return null;
      throw thrown;
    }
  }

  /** The document as its author wrote it, or undefined. @throws HubError model.invalid */
  async findDocument(modelId: string): Promise<unknown> {
    if (!isDtmi(modelId)) return undefined;
    return this.#fresh(this.#documents, modelId, () => this.#load(modelId));
  }

  /**
   * Interfaces whose identifier has a text in it, `max` at most, in order of path. Only files are told whose path is that of the interface;
   * LIMITS.MODEL_FILES_SEARCHED_MAX of a folder are looked at, and one that cannot be read is passed over.
   *
   * @param search in lower case
   */
  async search(search: string, max: number): Promise<readonly JsonObject[]> {
    const found = new Map<string, JsonObject>();
    for (const directory of this.#directories) {
      for (const path of await modelPaths(directory, search)) {
        if (found.size >= max) return [...found.values()];
        if (found.has(path)) continue;
        const document = await readDocument(join(directory, path)).catch(unlessUnreadable);
        const interfaces: readonly unknown[] = Array.isArray(document) ? document : [document];
        const own = interfaces.find((one) => hasPath(one, path)) as JsonObject | undefined;
        if (own !== undefined) found.set(path, own);
      }
    }
    return [...found.values()];
  }

  async #load(modelId: string): Promise<unknown> {
    const path = dtmiPath(modelId);
    for (const directory of this.#directories) {
      for (const ending of ['.expanded.json', '.json']) {
        const document = await readDocument(join(directory, path + ending));
        // Paths are lower case and identifiers are not: two identifiers may share a path.
        if (document !== undefined && names(document, modelId)) return document;
      }
    }
    return undefined;
  }

  #fresh<T>(loaded: Map<string, Loaded<T>>, modelId: string, load: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    const known = loaded.get(modelId);
    if (known !== undefined && known.until > now) return known.value;
    loaded.delete(modelId);
    const [oldest] = loaded.keys();
    if (loaded.size >= LIMITS.MODELS_CACHED_MAX && oldest !== undefined) loaded.delete(oldest);
    const value = load();
    loaded.set(modelId, { value, until: now + FRESH_MS });
    return value;
  }
}

/** Without the ending. */
export function dtmiPath(modelId: string): string {
  return modelId.toLowerCase().replaceAll(':', '/').replace(';', '-');
}

/** Of documents whose identifier has the text in it, sorted. */
async function modelPaths(directory: string, search: string): Promise<readonly string[]> {
  const paths: string[] = [];
  let seen = 0;
  const root = join(directory, 'dtmi');
  const entries = await opendir(root, { recursive: true }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return null;
    throw thrown;
  });
  for await (const entry of entries ?? []) {
    seen += 1;
    if (seen > LIMITS.MODEL_FILES_SEARCHED_MAX) break;
    const path = relative(directory, join(entry.parentPath, entry.name));
    const isModel = entry.isFile() && path.endsWith('.json') && !path.endsWith('.expanded.json');
    if (isModel && idTextOf(path).includes(search)) paths.push(path);
  }
  return paths.sort();
}

/** `dtmi/com/example/thermostat-1.json` is of `dtmi:com:example:thermostat;1`, but for capitals. */
function idTextOf(path: string): string {
  return path
    .slice(0, -'.json'.length)
    .replaceAll(sep, ':')
    .replace(/-(\d+)$/, ';$1');
}

function hasPath(value: unknown, path: string): boolean {
  const id = typeof value === 'object' && value !== null ? (value as JsonObject)['@id'] : undefined;
  return typeof id === 'string' && id.toLowerCase() === idTextOf(path);
}

/** A file that is no model is not one that was searched for. */
function unlessUnreadable(thrown: unknown): undefined {
  if (thrown instanceof HubError) return undefined;
  throw thrown;
}

async function readDocument(file: string): Promise<unknown> {
  const size = await stat(file).then(
    (found) => found.size,
    (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR' || thrown.code === 'ENAMETOOLONG') return undefined;
      throw thrown;
    },
  );
  if (size === undefined) return undefined;
  if (size > LIMITS.MODEL_BYTES_MAX) throw new HubError('model.invalid', `the document has ${size} bytes`);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new HubError('model.invalid', 'the document is not JSON', { cause });
  }
}

function names(document: unknown, modelId: string): boolean {
  const interfaces: unknown[] = Array.isArray(document) ? document : [document];
  return interfaces.some(
    (one) => typeof one === 'object' && one !== null && '@id' in one && (one as { '@id': unknown })['@id'] === modelId,
  );
}
