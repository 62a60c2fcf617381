import { Worker } from 'node:worker_threads';
import { HubError, type JsonObject, LIMITS } from '@viaduct/contracts';

/** What is wrong with one element of a model. */
export interface DtdlFault {
  /** The rule, in the parser's word: `stringInvalid`, `typeUndefinedTerm`, … */
  readonly rule: string;
  /** Which element; null for the document as a whole. Elements without an identifier have one made of their path. */
  readonly elementId: string | null;
  readonly property: string | null;
  /** Where the fault is among elements: what tells them apart, mostly `name`. */
  readonly auxiliary: string | null;
  readonly value: string | null;
  /** For people: names the element, says what is wrong and what to do. */
  readonly message: string;
}

/** Knows the Digital Twins Definition Language: versions 2, 3 and 4. */
export interface ParsesDtdl {
  /**
   * Nothing, for interfaces that refer to nothing but each other and keep all rules.
   *
   * @throws HubError quota.exceeded (retry), server.draining, template.invalid past LIMITS.DTDL_PARSE_SECONDS_MAX
   */
  parse(interfaces: readonly JsonObject[]): Promise<readonly DtdlFault[]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly json: string;
  readonly resolve: (faults: readonly DtdlFault[]) => void;
  readonly reject: (fault: unknown) => void;
}

function startParser(): Worker {
  return new Worker(new URL('./dtdl-worker.mjs', import.meta.url), { name: 'dtdl' });
}

/**
 * Microsoft's own parser, compiled to WebAssembly, in a thread that starts with the first model and ends when none has come for a while:
 * it holds some 150 MB.
 *
 *     parse ─► waiting ─► the thread, one at a time ─► faults | failed (the thread ended) | refused (took too long)
 */
export class WasmDtdlParser implements ParsesDtdl {
  readonly #waiting: Waiting[] = [];
  #current: Waiting | null = null;
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #startThread: () => Worker;

  /** @param startThread for tests of what goes wrong in one */
  constructor(startThread: () => Worker = startParser) {
    this.#startThread = startThread;
  }

  parse(interfaces: readonly JsonObject[]): Promise<readonly DtdlFault[]> {
    if (this.#isClosed) return Promise.reject(draining());
    if (this.#waiting.length >= LIMITS.DTDL_PARSES_WAITING_MAX) {
      return Promise.reject(new HubError('quota.exceeded', `${this.#waiting.length} models wait to be read already`));
    }
    const json = JSON.stringify(interfaces);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ json, resolve, reject });
      this.#next();
    });
  }

  /** Refuses what waits, and whatever comes later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(draining());
    await this.#end(draining());
  }

  #next(): void {
    if (this.#current !== null) return;
    clearTimeout(this.#timer);
    this.#current = this.#waiting.shift() ?? null;
    if (this.#current === null) {
      this.#timer = setTimeout(() => void this.#end(null), LIMITS.DTDL_PARSER_IDLE_SECONDS * 1_000);
      this.#timer.unref();
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#current.json);
    const late = new HubError(
      'template.invalid',
      `the model takes longer than ${LIMITS.DTDL_PARSE_SECONDS_MAX} s to read`,
    );
    this.#timer = setTimeout(() => void this.#end(late), LIMITS.DTDL_PARSE_SECONDS_MAX * 1_000);
    this.#timer.unref();
  }

  #start(): Worker {
    const worker = this.#startThread();
    worker.unref();
    worker.on('message', (answer: string | null) => {
      this.#current?.resolve(answer === null ? [] : readFaults(answer));
      this.#current = null;
      this.#next();
    });
    worker.on('error', (fault) => void this.#end(fault));
    // Also without an error: what runs in it may have ended the thread by itself.
    worker.on('exit', (code) => void this.#end(new Error(`the thread that reads models ended with ${code}`)));
    return worker;
  }

  /** Ends the thread, and what it was reading; whoever waits gets a new one. */
  async #end(reason: unknown): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = null;
    worker?.removeAllListeners();
    this.#current?.reject(reason);
    this.#current = null;
    if (this.#waiting.length > 0) this.#next();
    await worker?.terminate();
  }
}

function draining(): HubError {
  return new HubError('server.draining', 'the server stops');
}

interface ParserError {
  readonly PrimaryID: string | null;
  readonly Property: string | null;
  readonly AuxProperty: string | null;
  readonly Value: string | null;
  readonly Cause: string;
  readonly Action: string;
  readonly ValidationID: string;
}

/** The parser throws JSON for what it knows, and a name of .NET's for what it does not. */
function readFaults(text: string): readonly DtdlFault[] {
  const thrown = parseOrNull(text) as
    | { Errors: readonly ParserError[] }
    | { UndefinedIdentifiers: readonly string[] }
    | null;
  if (thrown === null) return [fault('unreadable', `the parser cannot read the model: ${text.slice(0, 200)}`)];
  if ('UndefinedIdentifiers' in thrown) {
    return thrown.UndefinedIdentifiers.map((id) => fault('undefined', `${id} is named but nowhere defined.`));
  }
  return thrown.Errors.map((error) => ({
    rule: error.ValidationID.split(':').at(-1) ?? '',
    elementId: error.PrimaryID,
    property: error.Property,
    auxiliary: error.AuxProperty,
    value: error.Value,
    message: `${error.Cause} ${error.Action}`,
  }));
}

function fault(rule: string, message: string): DtdlFault {
  return { rule, elementId: null, property: null, auxiliary: null, value: null, message };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Only what is no JSON is not the parser's own.
  }
}
