/** What a request to the hub is about. Those of back ends are one kind: their number says little without their path. */
export type RestKind = 'telemetry' | 'command' | 'file' | 'service';

/** Requests to the REST API in figures, since the start. */
export class RestTraffic {
  readonly #requests = new Map<string, { kind: RestKind; status: string; count: number }>();
  #acceptedMessages = 0;

  get requests(): Iterable<{ readonly kind: RestKind; readonly status: string; readonly count: number }> {
    return this.#requests.values();
  }

  /** Telemetry that is durable and acknowledged. */
  get acceptedMessages(): number {
    return this.#acceptedMessages;
  }

  accepted(messages: number): void {
    this.#acceptedMessages += messages;
  }

  /** @param route the pattern of the path, not the path itself: figures must not grow with what is asked for */
  answered(route: string, method: string, statusCode: number): void {
    const [kind, status] = [kindOf(route, method), `${Math.floor(statusCode / 100)}xx`];
    const key = `${kind} ${status}`;
    const row = this.#requests.get(key);
    if (row === undefined) this.#requests.set(key, { kind, status, count: 1 });
    else row.count++;
  }
}

function kindOf(route: string, method: string): RestKind {
  if (route.endsWith('/messages/events')) return 'telemetry';
  if (route.includes('/messages/devicebound')) return 'command';
  // Back ends read and delete files; only devices post.
  return method === 'POST' && /\/files(\/\*)?$/.test(route) ? 'file' : 'service';
}
