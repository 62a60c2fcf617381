import { HubError, type RouteSource } from '@viaduct/contracts';
import type { JsonObject } from '../ports.ts';

/** A record on its way to an endpoint: what an Event Hubs reader would see of it, with the enrichments of that endpoint. */
export interface RoutedMessage {
  /** Of the log. */
  readonly partition: number;
  /** With `partition`: unique for ever; what receivers deduplicate by. */
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly enqueuedTime: number;
  readonly source: RouteSource;
  readonly deviceId: string;
  readonly moduleId?: string;
  /** Names as in the routing language: messageId, contentType, contentEncoding, connectionDeviceId, …, iothub-message-source. */
  readonly system: Readonly<Record<string, string>>;
  /** With enrichments. */
  readonly application: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One connection to what is outside, or to the blob store. Made when there is something to deliver; closed after a failure, and made anew. */
export interface EndpointConnection {
  /**
   * Resolves when the endpoint has taken every message, in order of one device; then the checkpoint moves. Called again only after it settled.
   *
   * @throws EndpointFailure: nothing of the batch counts as delivered; it comes again (at least once)
   */
  deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void>;
  /** Only of endpoints that gather messages into files: `deliver` then means taken, and this says what is not durable yet. */
  readonly held?: HeldMessages;
  close(): Promise<void>;
}

/** Messages that were delivered and whose file is still being made. The log is their buffer: a crash reads them again. */
export interface HeldMessages {
  /** Offset of the oldest such message of a partition: its checkpoint stays there. Undefined when there is none. */
  oldest(partition: number): number | undefined;
  /**
   * Makes durable what has been held as long as the configuration allows. Called from time to time, never during `deliver`.
   *
   * @throws EndpointFailure: nothing that is held counts as delivered
   */
  settleDue(signal: AbortSignal): Promise<void>;
}

/**
 * What an adapter throws when it could not deliver. `permanent`: trying again will not help until somebody changes something
 * (credentials, a missing queue); shown to the operator in words. `poison`: offset of the one message that the endpoint refuses for
 * ever (too large); it is counted, booked and skipped.
 */
export class EndpointFailure extends Error {
  override readonly name = 'EndpointFailure';
  readonly kind: 'transient' | 'permanent';
  readonly poison?: { readonly partition: number; readonly offset: number };
  /** How long the endpoint asks to be left alone, ms. */
  readonly retryAfterMs?: number;

  constructor(
    kind: 'transient' | 'permanent',
    message: string,
    options: ErrorOptions & Pick<EndpointFailure, 'poison' | 'retryAfterMs'> = {},
  ) {
    super(message, options);
    this.kind = kind;
    if (options.poison !== undefined) this.poison = options.poison;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/** What an operator says about one endpoint: plain JSON. Each adapter narrows it to its own: a union by `kind`. */
export interface EndpointConfiguration {
  readonly kind: string;
}

/** One kind of endpoint. `Configuration` is what `read` makes of an operator's JSON. */
export interface EndpointAdapter<Configuration extends EndpointConfiguration = EndpointConfiguration> {
  readonly kind: Configuration['kind'];
  /** Fields that are sealed at rest and never shown again: paths with dots, `*` for every name (`sasl.password`, `headers.*`). */
  readonly secretFields: readonly string[];
  /** Also reads what it returned before. @throws HubError argument.invalid: says which field is wrong, and what it may be */
  read(json: JsonObject): Configuration;
  /** Where it delivers to, in a line and without secrets. */
  address(configuration: Configuration): string;
  /** @throws EndpointFailure */
  open(configuration: Configuration, signal: AbortSignal): Promise<EndpointConnection>;
}

export interface OpensEndpoints {
  open(configuration: EndpointConfiguration, signal: AbortSignal): Promise<EndpointConnection>;
}

/** The kinds of endpoint that this hub has. */
export class EndpointAdapters implements OpensEndpoints {
  readonly #byKind: ReadonlyMap<string, EndpointAdapter>;

  constructor(adapters: readonly EndpointAdapter[]) {
    this.#byKind = new Map(adapters.map((adapter) => [adapter.kind, adapter]));
  }

  get kinds(): readonly string[] {
    return [...this.#byKind.keys()];
  }

  /** @throws HubError argument.invalid */
  adapter(kind: string): EndpointAdapter {
    const adapter = this.#byKind.get(kind);
    if (adapter !== undefined) return adapter;
    throw new HubError(
      'argument.invalid',
      `there is no endpoint of the kind "${kind}"; there are ${this.kinds.join(', ')}`,
    );
  }

  async open(configuration: EndpointConfiguration, signal: AbortSignal): Promise<EndpointConnection> {
    return this.adapter(configuration.kind).open(configuration, signal);
  }
}
