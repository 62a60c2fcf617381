import { HubError } from '@viaduct/contracts';

/**
 * Why and how far a job that is under way stops. The first reason stays.
 *
 *     cancelled    no device begins any more; those under way end by themselves
 *     time is up   those under way are given up as well
 *     draining     the same, but nothing of it is told as an outcome: after the next start they have their turn again
 */
export class JobStop {
  readonly #begin = new AbortController();
  readonly #work = new AbortController();

  /** Aborted: no device begins any more. */
  get begin(): AbortSignal {
    return this.#begin.signal;
  }

  /** Aborted: what is under way is given up. */
  get work(): AbortSignal {
    return this.#work.signal;
  }

  get isDraining(): boolean {
    return this.#begin.signal.aborted && this.reason.code === 'server.draining';
  }

  /** Only once it was stopped. */
  get reason(): HubError {
    return this.#begin.signal.reason as HubError;
  }

  cancel(): void {
    this.#begin.abort(new HubError('job.cancelled', 'the job was cancelled before its turn came'));
  }

  timeUp(seconds: number): void {
    this.#abort(new HubError('job.timeUp', `the job had ${seconds} s, and they are over`));
  }

  drain(): void {
    this.#abort(new HubError('server.draining', 'the server is stopping'));
  }

  #abort(reason: HubError): void {
    this.#begin.abort(reason);
    this.#work.abort(reason);
  }
}
