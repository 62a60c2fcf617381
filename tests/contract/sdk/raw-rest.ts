import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { signSas } from '@viaduct/hub';
import { readRestDocument, type TestServer } from '@viaduct/testkit';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the hub says, for assertions.
  readonly json: any;
}

export interface RawRequest {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `iothubowner` when absent. */
  readonly policy?: string;
  /** Instead of a policy's token. */
  readonly authorization?: string;
}

const calls = readRestDocument().map((call) => ({ ...call, pattern: patternOf(call.path) }));

/**
 * Requests that no client makes, sent letter by letter. Every answer is held to docs/protocol/rest.md: what the call's row has as
 * success or refusal, or what every call may answer.
 */
export class RawRest {
  readonly #server: TestServer;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(server: TestServer) {
    this.#server = server;
  }

  close(): void {
    this.#agent.destroy();
  }

  async ask(method: string, path: string, asked: RawRequest = {}): Promise<RawAnswer> {
    const { body, headers = {}, policy = 'iothubowner', authorization = await this.#token(policy) } = asked;
    const payload = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await this.#send(method, path, { authorization, ...headers }, payload ?? '');
    requireDocumented(method, path, answer);
    return answer;
  }

  async #token(policy: string): Promise<string> {
    const { primaryKey = '' } = (await this.#server.hub.policies.find(policy)) ?? {};
    return signSas(this.#server.ready.hostName, primaryKey, Math.floor(Date.now() / 1_000) + 60, policy);
  }

  #send(method: string, path: string, headers: Record<string, string>, payload: string | Buffer): Promise<RawAnswer> {
    const { address, ready, caFile } = this.#server;
    const length = payload.length === 0 ? {} : { 'content-length': String(Buffer.byteLength(payload)) };
    const options = { host: address, port: ready.ports.https, ca: readFileSync(caFile) };
    return new Promise((resolve, reject) => {
      const call = request({
        ...options,
        ...{ method, path, agent: this.#agent },
        headers: { host: ready.hostName, ...length, ...headers },
      });
      call.once('error', reject);
      call.once('response', async (response) => {
        const text = Buffer.concat(await response.toArray()).toString('utf8');
        const isJson = response.headers['content-type']?.includes('json') === true;
        const json: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
      call.end(payload);
    });
  }
}

/** Refusals that every call may answer with, as the document says above its tables. */
const COMMON = [
  'IotHubUnauthorized',
  'IotHubUnauthorizedAccess',
  'ArgumentInvalid',
  'IotHubFormatError',
  'MessageTooLarge',
  'ThrottlingException',
  'ServiceUnavailable',
];

function requireDocumented(method: string, path: string, { status, headers }: RawAnswer): void {
  const [bare = ''] = path.replace(/%2F/gi, '/').split('?');
  const row = calls.find((call) => call.method === method && call.pattern.test(bare.replace(/\/+$/, '')));
  if (row === undefined || row.success.length === 0) return;
  const name = String(headers['iothub-errorcode'] ?? '');
  const isWritten = status < 300 ? row.success.includes(status) : [...COMMON, ...row.refusals].includes(name);
  if (!isWritten) throw new Error(`docs/protocol/rest.md has no ${status} ${name} for ${method} ${row.path}`);
}

function patternOf(path: string): RegExp {
  const [bare = ''] = path.split('?');
  const escaped = bare.replace(/[$.*]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${escaped}$`, 'i');
}
