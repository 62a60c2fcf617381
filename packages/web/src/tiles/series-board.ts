import { LIMITS, type SeriesAnswer, type SeriesRequest } from '@viaduct/contracts';

/**
 * What the page wants to know of the history, asked for together: all tiles' requests of one refresh are one POST, and
 * requests that are alike are one request.
 *
 * Invariants
 * 1. At most one batch is under way; who comes meanwhile is in the next one.
 * 2. While the page is hidden, nothing is asked for; what became stale is asked for when it is seen again.
 * 3. After a failure the board waits twice as long as before, up to BACK_OFF_MS_MAX, and shows what it has.
 * 4. What has no answer yet may be estimated; an estimate is asked for anew at once, and then exactly.
 */
export interface SeriesBoardPorts {
  post(requests: readonly SeriesRequest[]): Promise<readonly SeriesAnswer[]>;
  nowMs(): number;
  /** Calls back once; the answer takes it back. */
  after(ms: number, run: () => void): () => void;
  isHidden(): boolean;
}

export interface SeriesState {
  readonly answer: SeriesAnswer | null;
  /** Of the last refresh, null when it went well. */
  readonly problem: Error | null;
}

interface Line {
  readonly request: SeriesRequest;
  readonly watchers: Map<symbol, { readonly everyMs: number; readonly onChange: () => void }>;
  state: SeriesState;
  askedAtMs: number;
}

/** Tiles mount one after the other; those of one page shall be in one batch. */
const GATHER_MS = 20;
const BACK_OFF_MS_MAX = 60_000;
/** Refreshes that are due this soon are made now, with the others. */
const EARLY_MS = 150;

export class SeriesBoard {
  readonly #ports: SeriesBoardPorts;
  readonly #lines = new Map<string, Line>();
  #isAsking = false;
  #failures = 0;
  #stopTimer: () => void = () => {};

  constructor(ports: SeriesBoardPorts) {
    this.#ports = ports;
  }

  /** @param everyMs how often to ask anew; infinite for what will not change. */
  watch(request: SeriesRequest, everyMs: number, onChange: () => void): () => void {
    const key = JSON.stringify(request);
    const watcher = Symbol(key);
    const line = this.#lines.get(key) ?? newLine(request);
    this.#lines.set(key, line);
    line.watchers.set(watcher, { everyMs, onChange });
    this.#plan(GATHER_MS);
    return () => {
      line.watchers.delete(watcher);
      if (line.watchers.size === 0) this.#lines.delete(key);
    };
  }

  state(request: SeriesRequest): SeriesState {
    return this.#lines.get(JSON.stringify(request))?.state ?? NOTHING;
  }

  /** All that is watched, now. */
  refresh(): void {
    for (const line of this.#lines.values()) line.askedAtMs = Number.NEGATIVE_INFINITY;
    this.#failures = 0;
    this.#plan(0);
  }

  /** What failed, now. */
  recover(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#plan(0);
  }

  /** The page is seen again. */
  wake(): void {
    this.#plan(0);
  }

  #plan(leastMs: number): void {
    this.#stopTimer();
    if (this.#isAsking || this.#lines.size === 0 || this.#ports.isHidden()) return;
    const nowMs = this.#ports.nowMs();
    const dueMs = Math.min(...[...this.#lines.values()].map((line) => dueAtMs(line) - nowMs));
    if (dueMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(leastMs, dueMs, this.#failures === 0 ? 0 : backOffMs(this.#failures));
    this.#stopTimer = this.#ports.after(waitMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    if (this.#isAsking || this.#ports.isHidden()) return;
    this.#isAsking = true;
    const nowMs = this.#ports.nowMs();
    const due = [...this.#lines.values()].filter((line) => dueAtMs(line) <= nowMs + EARLY_MS);
    for (let at = 0; at < due.length; at += LIMITS.SERIES_REQUESTS_MAX) {
      await this.#askThese(due.slice(at, at + LIMITS.SERIES_REQUESTS_MAX), nowMs);
    }
    this.#isAsking = false;
    // A page that asks for much, of a server that is busy, leaves both of them as long a pause as the answers took.
    this.#plan(Math.max(GATHER_MS, this.#ports.nowMs() - nowMs));
  }

  async #askThese(lines: readonly Line[], nowMs: number): Promise<void> {
    for (const line of lines) line.askedAtMs = nowMs;
    try {
      const answers = await this.#ports.post(lines.map(nextRequest));
      this.#failures = 0;
      lines.forEach((line, index) => {
        const answer = answers[index] ?? null;
        line.state = { answer, problem: null };
        if (answer?.isEstimate === true) line.askedAtMs = Number.NEGATIVE_INFINITY;
      });
    } catch (error) {
      this.#failures += 1;
      const problem = error instanceof Error ? error : new Error(String(error));
      for (const line of lines) {
        line.state = { ...line.state, problem };
        line.askedAtMs = Number.NEGATIVE_INFINITY;
      }
    }
    for (const { watchers } of lines) for (const { onChange } of watchers.values()) onChange();
  }
}

function nextRequest({ request, state }: Line): SeriesRequest {
  return state.answer === null ? { ...request, mayEstimate: true } : request;
}

const NOTHING: SeriesState = { answer: null, problem: null };

function newLine(request: SeriesRequest): Line {
  return { request, watchers: new Map(), state: NOTHING, askedAtMs: Number.NEGATIVE_INFINITY };
}

/** What was asked for counts as asked until the most eager of its watchers wants it anew. */
function dueAtMs({ askedAtMs, watchers }: Line): number {
  const everyMs = Math.min(...[...watchers.values()].map((watcher) => watcher.everyMs));
  return askedAtMs === Number.NEGATIVE_INFINITY ? askedAtMs : askedAtMs + everyMs;
}

function backOffMs(failures: number): number {
  return Math.min(BACK_OFF_MS_MAX, 1_000 * 2 ** failures);
}
