import { HubError, LIMITS } from '@viaduct/contracts';
import type { HistoryRows } from './history.ts';
import type { HistoryOrder, HistoryReply, HistoryStatement } from './thread-messages.ts';

interface Asked {
  readonly number: number;
  readonly query: HistoryStatement;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (rows: HistoryRows) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Queries on their way to the thread of the store and back.
 *
 *     ask ─► waiting ─► running (at most LIMITS.HISTORY_QUERIES_MAX) ─► answered | failed | nobody waits any more
 *
 * Until there first is a thread they wait: it is being opened. After a fault they are refused with it until there is one again.
 */
export class QueryQueue {
  #tell: ((order: HistoryOrder) => void) | undefined;
  readonly #waiting = new Set<Asked>();
  readonly #running = new Map<number, Asked>();
  #lastNumber = 0;
  #closedBy: HubError | undefined;
  #answered = 0;
  #unanswered = 0;

  get stats() {
    return {
      queriesRunning: this.#running.size,
      queriesWaiting: this.#waiting.size,
      queriesAnswered: this.#answered,
      queriesUnanswered: this.#unanswered,
    };
  }

  /** @throws HubError history.busy, history.tooLong, history.unavailable, query.invalid; the signal's reason */
  ask(query: HistoryStatement, signal?: AbortSignal): Promise<HistoryRows> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closedBy !== undefined) throw this.#closedBy;
      if (this.#waiting.size >= LIMITS.HISTORY_QUERIES_WAITING_MAX) {
        throw new HubError('history.busy', `${this.#waiting.size} queries of the history wait for their turn already`);
      }
      const onAbort = () => this.#giveUp(asked);
      // Many queries of one batch share a signal: who has been answered does not listen any more.
      const ended =
        <T>(tell: (outcome: T) => void) =>
        (outcome: T) => {
          signal?.removeEventListener('abort', onAbort);
          tell(outcome);
        };
      const asked: Asked = {
        ...{ number: ++this.#lastNumber, query, signal },
        ...{ resolve: ended(resolve), reject: ended(reject) },
      };
      signal?.addEventListener('abort', onAbort);
      this.#waiting.add(asked);
      this.#assign();
    });
  }

  /** There is a thread that answers. */
  open(tell: (order: HistoryOrder) => void): void {
    this.#closedBy = undefined;
    this.#tell = tell;
    this.#assign();
  }

  /** There is none any more. What runs or waits is refused, and so is what comes. */
  shut(why: HubError): void {
    this.#tell = undefined;
    this.#closedBy = why;
    const refused = [...this.#running.values(), ...this.#waiting];
    this.#running.clear();
    this.#waiting.clear();
    for (const { reject } of refused) reject(why);
    this.#unanswered += refused.length;
  }

  hear(reply: Extract<HistoryReply, { readonly kind: 'answered' | 'failed' }>): void {
    const asked = this.#running.get(reply.number);
    this.#running.delete(reply.number);
    if (reply.kind === 'answered') {
      this.#answered += 1;
      asked?.resolve(reply.rows);
    } else {
      this.#unanswered += 1;
      asked?.reject(new HubError(reply.code, reply.message));
    }
    this.#assign();
  }

  #assign(): void {
    const tell = this.#tell;
    if (tell === undefined) return;
    for (const asked of this.#waiting) {
      if (this.#running.size >= LIMITS.HISTORY_QUERIES_MAX) return;
      this.#waiting.delete(asked);
      this.#running.set(asked.number, asked);
      tell({ kind: 'query', number: asked.number, query: asked.query });
    }
  }

  /** Whoever asked hears it at once; the thread has another one when it noticed. */
  #giveUp(asked: Asked): void {
    if (this.#waiting.delete(asked)) this.#unanswered += 1;
    else if (this.#running.has(asked.number)) this.#tell?.({ kind: 'cancel', number: asked.number });
    asked.reject(asked.signal?.reason);
  }
}
