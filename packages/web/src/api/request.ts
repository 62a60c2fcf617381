import { CONSOLE_API, type ConsoleProblem, CSRF_HEADER, ERRORS, HubError, type Session } from '@viaduct/contracts';

/** What the server refused, in its own words. `advice` says what to do next; `trackingId` finds the line in its log. */
export class ConsoleRefusal extends HubError {
  readonly advice: string;
  readonly trackingId: string | null;
  /** Of a query that cannot be understood: where in its text. */
  readonly at: ConsoleProblem['at'];

  constructor(problem: Omit<ConsoleProblem, 'trackingId'> & { readonly trackingId: string | null }) {
    super(problem.code, problem.message);
    this.advice = problem.advice;
    this.trackingId = problem.trackingId;
    this.at = problem.at;
  }
}

/** Set by `GET /session` and by signing in; every unsafe call carries it. */
let csrfToken = '';

/** Keeps the proof that our own page asks. */
export async function remember(session: Promise<Session>): Promise<Session> {
  const known = await session;
  csrfToken = known.csrfToken;
  return known;
}

/** `?a=1&b=2`, without what is undefined or empty. */
export function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}

export function get<T>(path: string): Promise<T> {
  return request<T>(path, { headers: { accept: 'application/json' } });
}

export function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return request<T>(path, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', [CSRF_HEADER]: csrfToken },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Asks for a file by what it shall hold. */
export async function file(path: string, body: unknown): Promise<Blob> {
  const headers = { 'content-type': 'application/json', [CSRF_HEADER]: csrfToken };
  return (await exchange(`${CONSOLE_API}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).blob();
}

/** Sends a file as it is. */
export function upload<T>(path: string, contentType: string, body: Blob): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': contentType, [CSRF_HEADER]: csrfToken };
  return request<T>(path, { method: 'POST', headers, body });
}

export async function bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await exchange(`${CONSOLE_API}${path}`, {})).arrayBuffer());
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await exchange(`${CONSOLE_API}${path}`, init);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** @param path of this server. @throws ConsoleRefusal */
export async function exchange(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { credentials: 'same-origin', ...init }).catch(unreachable);
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** The page is there but the server is not: the browser says only "failed to fetch", which helps nobody. */
function unreachable(): never {
  throw new ConsoleRefusal({
    code: 'server.draining',
    message: 'The server does not answer.',
    advice: 'See whether it is running and whether this browser reaches it, then try again.',
    trackingId: null,
  });
}

async function refusalOf(response: Response): Promise<ConsoleRefusal> {
  const problem: unknown = await response.json().catch(() => null);
  if (isProblem(problem)) return new ConsoleRefusal(problem);
  const code = response.status === 401 ? 'console.signedOut' : 'server.fault';
  const message = `The server answered ${response.status} ${response.statusText}`.trim();
  return new ConsoleRefusal({ code, message, advice: ERRORS[code].advice, trackingId: null });
}

function isProblem(value: unknown): value is ConsoleProblem {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'advice' in value;
}
