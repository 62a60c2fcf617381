import { makeServerToken } from '../access/server-token.ts';
import type { ConsoleUnderTest } from './console-under-test.ts';

export interface ApiAsk {
  readonly body?: unknown;
  /** 2022-10-31-preview where it is not said; empty for none at all. */
  readonly version?: string;
  /** That of the ready file where it is not said; empty for none at all. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the REST interface of a console under test: `askCentral(console, 'GET', '/roles')`. */
export function askCentral({ app, central }: ConsoleUnderTest, method: string, path: string, ask: ApiAsk = {}) {
  const { body, version = '2022-10-31-preview', token = makeServerToken(central), headers } = ask;
  const query = version === '' ? '' : `${path.includes('?') ? '&' : '?'}api-version=${version}`;
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return app.inject({
    method: method as 'GET',
    url: `/api${path}${query}`,
    headers: {
      ...(token === '' ? {} : { authorization: token }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
}
