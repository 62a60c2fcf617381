import { CONSOLE_API, CSRF_HEADER, type Session } from '@viaduct/contracts';
import type { TestServer } from '@viaduct/testkit';

export type ConsoleFetch = (method: string, path: string, body?: string, type?: string) => Promise<Response>;

/** The console's own interface over TLS, as the first administrator: for what REST has no operation for. */
export async function signedInFetch({ ready }: Pick<TestServer, 'ready'>): Promise<ConsoleFetch> {
  const { origin } = new URL(ready.consoleUrl);
  const token = new URL(ready.adminLink ?? '').searchParams.get('token');
  const setUp = await fetch(`${origin}${CONSOLE_API}/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, userName: 'operator', password: 'correct horse battery staple' }),
  });
  const { csrfToken } = (await setUp.json()) as Session;
  const cookie = (setUp.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  return (method, path, body, type = 'application/json') =>
    fetch(`${origin}${CONSOLE_API}${path}`, {
      method,
      headers: { cookie, [CSRF_HEADER]: csrfToken, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    });
}
