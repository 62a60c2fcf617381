import { Agent as HttpAgent, type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { connectFailure, LinkedSignal, lookupElsewhere } from '@viaduct/hub';

/** One request to somebody whom an operator named. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly agent: HttpAgent;
  readonly timeoutMs: number;
  /** An answer that is longer is not read to its end. */
  readonly answerBytesMax: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Why there is no answer, in words for the operator. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** Whether the peer took longer than it was given. */
  readonly isTimeout: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isTimeout?: boolean } = {}) {
    super(message, options);
    this.isTimeout = options.isTimeout ?? false;
  }
}

/** Connections are kept open between requests. `ca`: PEM, where the machine does not trust the peer by itself. */
export function agentFor(url: URL, ca: string | null): HttpAgent {
  const options = { keepAlive: true, maxSockets: SOCKETS_MAX, scheduling: 'lifo' as const };
  return url.protocol === 'https:'
    ? new HttpsAgent({ ...options, ...(ca === null ? {} : { ca }) })
    : new HttpAgent(options);
}

const SOCKETS_MAX = 32;

/**
 * Sends a request and reads the answer, both within bounds. Redirects are not followed. Link-local addresses are not asked: that is where
 * clouds keep the credentials of machines.
 *
 * @throws NoAnswer: the peer cannot be reached, says too much or takes too long; what `signal` was aborted with
 */
export async function sendBounded(outgoing: OutgoingRequest): Promise<Answer> {
  const { url, timeoutMs, signal } = outgoing;
  const linked = new LinkedSignal(signal, timeoutMs);
  try {
    return await send(outgoing, linked.signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NoAnswer) throw error;
    const words = linked.isLate
      ? `${url.host} did not answer within ${timeoutMs / 1_000} s`
      : (connectFailure(url.host, error)?.message ?? `${url.host} cannot be reached: ${messageOf(error)}`);
    throw new NoAnswer(words, { cause: error, isTimeout: linked.isLate });
  } finally {
    linked.close();
  }
}

function send(
  { url, method, headers, body, agent, answerBytesMax }: OutgoingRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      agent,
      signal,
      lookup: lookupElsewhere,
      headers: { 'user-agent': 'viaduct', ...headers, ...(body && { 'content-length': String(body.length) }) },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      readAll(response, url, answerBytesMax).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        reject,
      );
    });
    sent.end(body);
  });
}

async function readAll(response: AsyncIterable<Buffer>, url: URL, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > bytesMax) throw new NoAnswer(`${url.host} answered with more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a peer wrote, cut to what an operator wants to read. */
export function excerpt(text: string): string {
  const said = text.replace(/\s+/g, ' ').trim().slice(0, EXCERPT_CHARACTERS);
  return said === '' ? '' : `: ${said}`;
}

const EXCERPT_CHARACTERS = 300;
