import { createHmac } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { LIMITS } from '@viaduct/contracts';
import type { KnowsItsNames, TellsTime } from '../../core/ports.ts';
import { hubName } from '../../core/record/hub-name.ts';
import { type EndpointConnection, EndpointFailure, type RoutedMessage } from '../../core/routing/endpoint.ts';
import { connectFailure } from '../connect-failure.ts';
import { lookupElsewhere } from '../refuse-link-local.ts';
import { binaryHeaders, eventId, structuredEvent } from './cloud-event.ts';
import { signingKey, type WebhookConfiguration } from './webhook-configuration.ts';

interface Post {
  /** What the request is signed under; the same for the same content. */
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Requests at a time where each carries one event; those of one device follow one another. */
const LANES = 8;
/** Of an answer, so much is read to be shown when it says no, bytes. */
const ANSWER_BYTES_MAX = 1_024;

/**
 * Posts CloudEvents, and understands answers.
 *
 *     2xx                            taken
 *     400, 413, 422, 431             the one message is refused for ever; of a batch, halves are tried until it is found
 *     408, 425, 429, 5xx, no answer  again later, at `Retry-After` if it says so
 *     everything else, redirects     again later, and it needs somebody: the address or a credential is wrong
 */
export class WebhookConnection implements EndpointConnection {
  readonly #hub: TellsTime & KnowsItsNames;
  readonly #configuration: WebhookConfiguration;
  readonly #url: URL;
  readonly #agent: HttpAgent;
  readonly #key: Buffer | undefined;

  constructor(hub: TellsTime & KnowsItsNames, configuration: WebhookConfiguration) {
    this.#hub = hub;
    this.#configuration = configuration;
    this.#url = new URL(configuration.url);
    const options = { keepAlive: true, maxSockets: LANES };
    const isTls = this.#url.protocol === 'https:';
    this.#agent = isTls
      ? new HttpsAgent({ ...options, ...(configuration.ca ? { ca: configuration.ca } : {}) })
      : new HttpAgent(options);
    this.#key = configuration.secret === undefined ? undefined : signingKey(configuration.secret);
  }

  async deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    if (this.#configuration.mode === 'batched') return this.#deliverBatch(messages, signal);
    const lanes = lanesOf(messages);
    const results = await Promise.allSettled(lanes.map((lane) => this.#deliverOneByOne(lane, signal)));
    // All have settled, so nothing is under way when the batch comes again.
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  async #deliverOneByOne(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    for (const message of messages) {
      try {
        await this.#post(this.#single(message), signal);
      } catch (error) {
        throw isAboutContent(error) ? asPoison(error, message) : error;
      }
    }
  }

  async #deliverBatch(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    try {
      await this.#post(this.#batch(messages), signal);
    } catch (error) {
      const [only, ...others] = messages;
      if (only === undefined || !isAboutContent(error)) throw error;
      if (others.length === 0) throw asPoison(error, only);
      const half = Math.ceil(messages.length / 2);
      await this.#deliverBatch(messages.slice(0, half), signal);
      await this.#deliverBatch(messages.slice(half), signal);
    }
  }

  #single(message: RoutedMessage): Post {
    const name = hubName(this.#hub);
    if (this.#configuration.mode === 'binary') {
      return { id: eventId(message), headers: binaryHeaders(message, name), body: message.body };
    }
    return {
      id: eventId(message),
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      body: Buffer.from(JSON.stringify(structuredEvent(message, name))),
    };
  }

  #batch(messages: readonly RoutedMessage[]): Post {
    const name = hubName(this.#hub);
    const [first, last] = [messages.at(0), messages.at(-1)];
    return {
      id: first === undefined || last === undefined ? '' : `${eventId(first)}-${eventId(last)}`,
      headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' },
      body: Buffer.from(JSON.stringify(messages.map((message) => structuredEvent(message, name)))),
    };
  }

  async #post(post: Post, signal: AbortSignal): Promise<void> {
    const { statusCode = 0, headers, text } = await this.#request(post, signal);
    if (statusCode >= 200 && statusCode < 300) return;
    throw refusal(statusCode, headers, text, this.#hub.clock.now());
  }

  #request(
    { id, headers, body }: Post,
    signal: AbortSignal,
  ): Promise<Pick<IncomingMessage, 'statusCode' | 'headers'> & { text: string }> {
    const send = this.#url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => reject(unreachable(this.#url.host, error));
      const request = send(this.#url, {
        method: 'POST',
        agent: this.#agent,
        signal,
        lookup: lookupElsewhere,
        timeout: LIMITS.WEBHOOK_ANSWER_SECONDS_MAX * 1_000,
        headers: {
          'user-agent': 'viaduct',
          ...this.#configuration.headers,
          ...headers,
          'content-length': body.length,
          ...this.#signature(id, body),
        },
      });
      request.once('timeout', () =>
        request.destroy(new Error(`no answer within ${LIMITS.WEBHOOK_ANSWER_SECONDS_MAX} s`)),
      );
      request.once('error', failed);
      request.once('response', (response) => {
        readSome(response).then(
          (text) => resolve({ statusCode: response.statusCode, headers: response.headers, text }),
          failed,
        );
      });
      request.end(body);
    });
  }

  /** Source: Standard Webhooks, "Signature scheme". */
  #signature(id: string, body: Buffer): Record<string, string> {
    const timestamp = String(Math.floor(this.#hub.clock.now() / 1_000));
    const named = { 'webhook-id': id, 'webhook-timestamp': timestamp };
    if (this.#key === undefined) return named;
    const signature = createHmac('sha256', this.#key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    return { ...named, 'webhook-signature': `v1,${signature}` };
  }
}

const ABOUT_CONTENT: ReadonlySet<number> = new Set([400, 413, 422, 431]);
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

class WebhookRefusal extends EndpointFailure {
  readonly status: number;

  constructor(status: number, message: string, retryAfterMs: number | undefined) {
    const isTransient = status >= 500 || LATER.has(status);
    super(isTransient ? 'transient' : 'permanent', message, retryAfterMs === undefined ? {} : { retryAfterMs });
    this.status = status;
  }
}

function refusal(status: number, headers: IncomingMessage['headers'], text: string, now: number): WebhookRefusal {
  const said = text === '' ? '' : `: ${text}`;
  const redirect = status >= 300 && status < 400 ? '; redirects are not followed, name the address itself' : '';
  return new WebhookRefusal(
    status,
    `it answered ${status}${redirect}${said}`,
    retryAfterMs(headers['retry-after'], now),
  );
}

/** Seconds, or a date. Source: RFC 9110 §10.2.3. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function isAboutContent(error: unknown): error is WebhookRefusal {
  return error instanceof WebhookRefusal && ABOUT_CONTENT.has(error.status);
}

function asPoison(error: WebhookRefusal, { partition, offset }: RoutedMessage): EndpointFailure {
  return new EndpointFailure('permanent', error.message, { poison: { partition, offset }, cause: error });
}

function unreachable(peer: string, error: Error): EndpointFailure {
  const known = connectFailure(peer, error);
  if (known !== undefined) return known;
  return new EndpointFailure('transient', `${peer} cannot be reached: ${error.message}`, { cause: error });
}

/** Messages of one device are in one lane, in order. */
function lanesOf(messages: readonly RoutedMessage[]): readonly (readonly RoutedMessage[])[] {
  const laneOf = new Map<string, number>();
  const lanes: RoutedMessage[][] = [];
  for (const message of messages) {
    const lane = laneOf.get(message.deviceId) ?? laneOf.size % LANES;
    laneOf.set(message.deviceId, lane);
    lanes[lane] ??= [];
    lanes[lane].push(message);
  }
  return lanes;
}

async function readSome(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The connection ends with it: reading on what nobody wants is what a hostile receiver would like.
    if (bytes > ANSWER_BYTES_MAX) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8').replace(/\s+/g, ' ').trim();
}
