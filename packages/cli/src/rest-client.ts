import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ERRORS, type ErrorCode, HubError } from '@viaduct/contracts';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';
import type { ServerAddress } from './server-address.ts';
import { signToken } from './sign-token.ts';

const TOKEN_SECONDS = 300;
const ANSWER_SECONDS_MAX = 330;

export interface RestRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the host, with every segment encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sends `If-Match: *`: whatever version there is. */
  readonly anyVersion?: boolean;
  /** Sends this etag instead: only while the thing is as it was read. */
  readonly ifMatch?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call of storage; the signature is in the path. */
export interface BlobRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content?: Readable;
  readonly bytes?: number;
}

export interface RestAnswer {
  /** Of JSON; undefined where the answer is empty. */
  readonly value: unknown;
  readonly headers: IncomingHttpHeaders;
}

/** In which an API's versions and refusals differ from another's. */
export interface RestDialect {
  readonly apiVersion: string;
  readonly refusal: (status: number, headers: IncomingHttpHeaders, body: unknown) => HubError | CliFailure;
  /** Instead of a token that is signed with the key of a policy. */
  readonly authorization?: string;
}

/** Where a REST API is, and with whose key its tokens are signed. */
export type RestAddress = Pick<ServerAddress, 'hostName' | 'httpsPort' | 'caFile' | 'policy' | 'key'>;

/** The hub's. Source: docs/protocol/rest.md */
const HUB: RestDialect = {
  apiVersion: '2021-04-12',
  refusal: (status, headers, body) => refusal(status, headers['iothub-errorcode']?.toString(), body),
};

/**
 * A REST API of the server: the hub's, as `docs/protocol/rest.md` describes it, unless another dialect is named.
 *
 * Not azure-iothub's `Registry`: that insists on port 443 and on roots from the environment, while these commands must also
 * work where the server fell back to 8443, and need no second process to trust the CA.
 */
export class RestClient {
  readonly #address: RestAddress;
  readonly #dialect: RestDialect;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  #ca: Promise<string> | undefined;

  constructor(address: RestAddress, dialect = HUB) {
    this.#address = address;
    this.#dialect = dialect;
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * @returns the JSON answer; undefined for an empty one
   * @throws HubError for a refusal that is one row of the error table, CliFailure for any other, Node's error for a broken connection
   */
  async send(asked: RestRequest): Promise<unknown> {
    return (await this.exchange(asked)).value;
  }

  /** As `send`, with the headers of the answer. */
  async exchange(asked: RestRequest): Promise<RestAnswer> {
    const response = await this.open(asked);
    return { value: parse(await textOf(response)), headers: response.headers };
  }

  /** As `send`, for a body of any size: read it to its end, or destroy it. */
  async open(asked: RestRequest): Promise<IncomingMessage> {
    const { method, path, query = {}, body, anyVersion = false, ifMatch = anyVersion ? '*' : '', headers } = asked;
    const text = body === undefined ? '' : JSON.stringify(body);
    const search = new URLSearchParams({ ...query, 'api-version': this.#dialect.apiVersion });
    const response = await this.#request(method, `${path}?${search}`, text, {
      authorization: this.#dialect.authorization ?? this.#token(),
      ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...(ifMatch === '' ? {} : { 'if-match': `"${ifMatch}"` }),
      ...headers,
    });
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status < 300) return response;
    throw this.#dialect.refusal(status, response.headers, parse(await textOf(response)));
  }

  /** A blob of the server, whose path carries its own signature. @throws as `open` */
  async openBlob({ method, path, headers, content, bytes = 0 }: BlobRequest): Promise<IncomingMessage> {
    const response = await this.#request(method, path, content ?? '', { ...headers, 'content-length': String(bytes) });
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status < 300) return response;
    throw refusal(status, undefined, parse(await textOf(response)));
  }

  #token(): string {
    const { hostName, key, policy } = this.#address;
    // The one place of the CLI that reads the clock for a credential: five minutes suffice for one request.
    return signToken({
      resource: hostName,
      key,
      policy,
      expiresAtSeconds: Math.floor(Date.now() / 1000) + TOKEN_SECONDS,
    });
  }

  /** Resolves with the head of the answer. */
  async #request(
    method: string,
    path: string,
    body: string | Readable,
    headers: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage> {
    const { hostName, httpsPort, caFile } = this.#address;
    if (caFile !== undefined) this.#ca ??= readCa(caFile);
    const ca = await this.#ca;
    return new Promise((resolve, reject) => {
      const options = {
        host: hostName,
        port: httpsPort,
        method,
        path,
        agent: this.#agent,
        ...(ca === undefined ? {} : { ca }),
      };
      const length = typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {};
      const call = request({ ...options, headers: { ...headers, ...length } }, resolve);
      call.setTimeout(ANSWER_SECONDS_MAX * 1000, () => {
        call.destroy(Object.assign(new TypeError(`no answer in ${ANSWER_SECONDS_MAX} s`), { code: 'ETIMEDOUT' }));
      });
      call.on('error', reject);
      if (typeof body === 'string') call.end(body);
      // Refused half-way, the server has answered; and a file that cannot be read has ended the call.
      else pipeline(body, call).catch(reject);
    });
  }
}

export async function textOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat(await response.toArray()).toString('utf8');
}

export async function readCa(caFile: string): Promise<string> {
  try {
    return await readFile(caFile, 'utf8');
  } catch (cause) {
    const advice = 'Name the root certificate with --ca FILE; `viaduct ca` on the server prints it.';
    throw new CliFailure(ExitCode.usage, `the root certificate ${caFile} cannot be read`, advice, { cause });
  }
}

export function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's HTML, say. The status decides; the text is still worth showing.
    return text;
  }
}

/**
 * A refusal in the hub's form: `{"Message": "ErrorCode:DeviceNotFound;text"}` and the name again in `iothub-errorcode`.
 * Several rows of our table share one of Azure's names; only where the name is one row's alone does its advice fit for sure.
 */
export function refusal(status: number, headerName: string | undefined, body: unknown): HubError | CliFailure {
  const message = messageOf(body);
  const [, named, words] = /^ErrorCode:([A-Za-z]+);?(.*)$/s.exec(message) ?? [];
  const name = headerName ?? named;
  const text = (words ?? message).trim() || `the server answered ${status}`;

  const rows = (Object.keys(ERRORS) as ErrorCode[]).filter(
    (code) => ERRORS[code].name === name && ERRORS[code].http === status,
  );
  const [only] = rows;
  if (only !== undefined && rows.length === 1) return new HubError(only, text);
  return new CliFailure(exitCodeOfStatus(status), text, ADVICE_BY_STATUS[status] ?? 'Correct what the message names.');
}

/** Direct methods wrap it once more: `{"Message": "{\\"errorCode\\":404103,\\"message\\":\\"why\\"}"}`. */
function messageOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('Message' in body)) return String(body ?? '');
  const message = String(body.Message);
  const inner = message.startsWith('{') ? parse(message) : undefined;
  return typeof inner === 'object' && inner !== null && 'message' in inner ? String(inner.message) : message;
}

const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'Use the connection string that `viaduct connection-string` prints, and check the clocks of both machines.',
  403: 'Use a policy with the right for this; `viaduct connection-string --policy iothubowner` has all of them.',
  404: 'Check the id; ids are case-sensitive.',
  429: 'Wait a moment, then try again more slowly.',
  503: 'Wait a moment, then try again.',
};

export function exitCodeOfStatus(status: number): ExitCode {
  if (status === 404) return ExitCode.notFound;
  return status === 502 || status === 503 || status === 504 ? ExitCode.unreachable : ExitCode.refused;
}
