import type { DuckDBConnection } from '@duckdb/node-api';
import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import type { HistoryReply, HistoryStatement } from '../thread-messages.ts';
import { runQuery } from './run-statement.ts';

interface RunningQuery {
  /** Undefined until one is there. */
  connection: DuckDBConnection | undefined;
  stop: HubError | null;
  ended: Promise<void>;
}

/** Queries that run, each on a connection of its own. How many may run, and who waits, is the caller's to say. */
export class QueryDesk {
  readonly #connect: () => Promise<DuckDBConnection>;
  readonly #reply: (reply: HistoryReply) => void;
  readonly #free: DuckDBConnection[] = [];
  readonly #running = new Map<number, RunningQuery>();

  constructor(connect: () => Promise<DuckDBConnection>, reply: (reply: HistoryReply) => void) {
    this.#connect = connect;
    this.#reply = reply;
  }

  run(number: number, query: HistoryStatement): void {
    const run: RunningQuery = { connection: undefined, stop: null, ended: Promise.resolve() };
    this.#running.set(number, run);
    run.ended = this.#answer(number, query, run);
  }

  async #answer(number: number, query: HistoryStatement, run: RunningQuery): Promise<void> {
    const timer = setTimeout(() => this.#stop(number, tooLong()), LIMITS.HISTORY_QUERY_SECONDS_MAX * 1_000);
    try {
      const connection = this.#free.pop() ?? (await this.#connect());
      run.connection = connection;
      const rows = await runQuery(connection, query, () => {
        if (run.stop !== null) throw run.stop;
      });
      this.#reply({ kind: 'answered', number, rows });
    } catch (thrown) {
      const { code, message } = run.stop ?? refusalOf(thrown);
      this.#reply({ kind: 'failed', number, code, message });
    } finally {
      clearTimeout(timer);
      this.#running.delete(number);
      if (run.connection !== undefined) this.#free.push(run.connection);
    }
  }

  cancel(number: number): void {
    this.#stop(number, new HubError('history.unavailable', 'nobody waits for the answer any more'));
  }

  /** Resolves when none runs any more: a connection that works must not be closed. */
  async cancelAll(): Promise<void> {
    const running = [...this.#running];
    for (const [number] of running) this.cancel(number);
    await Promise.all(running.map(([, { ended }]) => ended));
  }

  #stop(number: number, why: HubError): void {
    const run = this.#running.get(number);
    if (run === undefined) return;
    run.stop = why;
    run.connection?.interrupt();
  }
}

function tooLong(): HubError {
  return new HubError(
    'history.tooLong',
    `the query ran longer than ${LIMITS.HISTORY_QUERY_SECONDS_MAX} seconds and was ended`,
  );
}

/** The engine tells its errors by their first words. */
function refusalOf(thrown: unknown): HubError {
  if (thrown instanceof Error && /^Out of Memory Error/.test(thrown.message)) {
    return new HubError('history.tooLong', 'the query needs more memory than the history may take');
  }
  if (thrown instanceof Error && /^(Conversion|Out of Range|Invalid Input) Error/.test(thrown.message)) {
    return new HubError('query.invalid', thrown.message.split('\n', 1)[0] ?? '');
  }
  return asHubError(thrown);
}
