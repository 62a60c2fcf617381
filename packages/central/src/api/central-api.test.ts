import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../access/caller.ts';
import { askCentral } from '../testing/ask-central.ts';
import { type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { OPERATION_TABLE } from './operation-table.ts';

const { administrator, operator } = ROLES;
let console: ConsoleUnderTest;
beforeAll(async () => {
  console = await openConsole();
});
afterAll(() => console.close());

const ask = (...args: Parameters<typeof askCentral> extends [unknown, ...infer Rest] ? Rest : never) =>
  askCentral(console, ...args);

function expectProblem(answer: LightMyRequestResponse, status: number, code: string, words: RegExp = /./): void {
  expect([answer.statusCode, answer.json()]).toEqual([
    status,
    {
      error: {
        code,
        message: expect.stringMatching(words),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        time: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/),
      },
    },
  ]);
}

describe('who may ask', () => {
  it('is whoever has the token of the ready file', async () => {
    expect((await ask('GET', '/roles')).json()).toEqual({
      value: expect.arrayContaining([{ id: administrator, displayName: 'Administrator' }]),
    });
  });

  it('is nobody without a token, with a bearer token, or with a token that was changed', async () => {
    const { hub, central, clock } = console;
    const whole = (await ask('PUT', '/apiTokens/t1', { body: { roles: [{ role: operator }] } })).json().token as string;
    const other = whole.replace(central.applicationId, '00000000-0000-4000-8000-000000000000');
    const longer = whole.replace(/se=\d+/, `se=${clock.now() + 1e13}`);
    const forged = whole.replace('skn=t1', 'skn=ready-file');
    for (const [token, words] of [
      ['', /no Authorization/],
      ['Bearer x', /bearer/],
      ['SharedAccessSignature sr=1', /no API token/],
      [whole.replace(/sig=...../, 'sig=AAAAA'), /unknown here/],
      [whole.replace('skn=t1', 'skn=t2'), /unknown here/],
      [whole.replace(/se=\d+/, 'se=1600000000000'), /expired/],
      [other, /application/],
      [forged, /signature/],
    ] as const) {
      expectProblem(await ask('GET', '/roles', { token }), 401, 'Unauthorized', words);
    }
    expect((await ask('GET', '/roles', { token: longer })).statusCode).toBe(200);
    clock.advance(366 * 86_400_000);
    expectProblem(await ask('GET', '/roles', { token: longer }), 401, 'Unauthorized', /unknown here/);
    expect((await hub.refusals.list(null))[0]).toMatchObject({ code: 'central.unauthenticated' });
  });

  it('is whoever holds a token, in milliseconds or seconds, until it is revoked', async () => {
    const made = (await ask('PUT', '/apiTokens/nightly', { body: { roles: [{ role: operator }] } })).json();
    expect(made.token).toMatch(/^SharedAccessSignature sr=[0-9a-f-]{36}&sig=[\w%]+&skn=nightly&se=\d{13}$/);
    const seconds = made.token.replace(/se=(\d{10})\d{3}/, 'se=$1');
    for (const token of [made.token, seconds]) expect((await ask('GET', '/roles', { token })).statusCode).toBe(200);
    expectProblem(await ask('GET', '/apiTokens', { token: made.token }), 403, 'Forbidden', /apiToken\.read; Admin/);
    expect((await ask('GET', '/apiTokens/nightly')).json()).toEqual({ ...made, token: undefined });
    expect((await ask('DELETE', '/apiTokens/nightly')).statusCode).toBe(204);
    expectProblem(await ask('GET', '/roles', { token: made.token }), 401, 'Unauthorized');
    expectProblem(await ask('DELETE', '/apiTokens/nightly'), 404, 'NotFound');
  });

  it('is a signed-in person, whose page proves itself where something changes', async () => {
    const browser = await signedInBrowser(console);
    const headers = { cookie: browser.cookie };
    expect((await ask('GET', '/roles', { token: '', headers })).statusCode).toBe(200);
    const body = { roles: [{ role: operator }] };
    expectProblem(await ask('PUT', '/apiTokens/p', { token: '', headers, body }), 403, 'Forbidden', /x-viaduct-csrf/i);
    const proved = { ...headers, 'x-viaduct-csrf': browser.csrfToken };
    expect((await ask('PUT', '/apiTokens/p', { token: '', headers: proved, body })).statusCode).toBe(200);
    const audit = (await browser.request('GET', '/audit')).json<{ items: Record<string, unknown>[] }>();
    expect(audit.items[0]).toMatchObject({ action: 'ApiTokens_Create', object: 'p', userName: 'ada', code: null });
  });
});

describe('tokens', () => {
  it('have one role of the application, an id of their own, and an end', async () => {
    const make = (id: string, body: object) => ask('PUT', `/apiTokens/${id}`, { body });
    const roles = [{ role: administrator }];
    expectProblem(await make('a', { roles: [{ role: 'x' }] }), 400, 'InvalidBody', /no role "x"/);
    expectProblem(
      await make('a', { roles: [{ role: operator, organization: 'o' }] }),
      400,
      'InvalidBody',
      /organization/,
    );
    expectProblem(await make('a', { roles, expiry: '2020-01-01T00:00:00Z' }), 400, 'BadRequest', /future/);
    expectProblem(await make('a b', { roles }), 400, 'BadRequest');
    expectProblem(await make('ready-file', { roles }), 400, 'BadRequest', /ready file/);
    const expiry = new Date(console.clock.now() + 86_400_000).toISOString();
    expect((await make('a', { roles, expiry })).json()).toMatchObject({ id: 'a', roles, expiry });
    expectProblem(await make('a', { roles }), 409, 'Conflict');
  });
});

describe('a request', () => {
  it('says a version, which has the operation', async () => {
    expectProblem(await ask('GET', '/roles', { version: '' }), 400, 'InvalidApiVersion', /1\.0, preview/);
    expectProblem(await ask('GET', '/roles', { version: '2021-01-01' }), 400, 'InvalidApiVersion');
    expectProblem(
      await ask('GET', '/dashboards', { version: '2022-07-31' }),
      400,
      'InvalidApiVersion',
      /2022-06-30-preview/,
    );
    for (const version of ['1.0', 'preview', '2022-05-31']) {
      expect((await ask('GET', '/roles', { version })).statusCode).toBe(200);
    }
  });

  it('has a JSON body of the right members', async () => {
    const put = (body: unknown, headers = {}) => ask('PUT', '/apiTokens/b', { body, headers });
    const roles = [{ role: operator }];
    expectProblem(await put({ role: operator }), 400, 'InvalidBody', /roles|"role"/);
    expectProblem(await put({ roles: [] }), 400, 'InvalidBody', /roles/);
    expectProblem(await put({ roles: [{ role: 7 }] }), 400, 'InvalidBody', /roles\/0\/role/);
    expectProblem(await put({ roles, expiry: 'soon' }), 400, 'InvalidBody', /expiry/);
    expectProblem(await put({ roles, expires: 'x' }), 400, 'InvalidBody', /"expires"/);
    expectProblem(await put({ roles }, { 'content-type': 'text/plain' }), 415, 'UnsupportedMediaType');
    expectProblem(await put(undefined), 400, 'InvalidBody', /no body/);
    const deep = JSON.parse(`${'[1,'.repeat(200)}1${']'.repeat(200)}`);
    expectProblem(await put(deep), 400, 'InvalidBody', /levels/);
    expectProblem(await put({ roles, expiry: '2030-13-45T99:00:00Z' }), 400, 'InvalidBody', /no such time/);
    const inherited = JSON.parse('{"displayName":"d","__proto__":{"enabled":false}}');
    expectProblem(await ask('PUT', '/devices/p1', { body: inherited }), 400, 'InvalidBody', /__proto__/);
    expectProblem(await ask('PATCH', '/devices/p1/properties', { body: inherited }), 400, 'InvalidBody', /__proto__/);
  });

  it('changes what is there as If-Match says, and makes what is not as If-None-Match says', async () => {
    const put = (displayName: string, headers: Record<string, string>) =>
      ask('PUT', '/devices/c1', { body: { displayName }, headers });
    expectProblem(await put('a', { 'if-match': '*' }), 412, 'PreconditionFailed', /not there/);
    const making = await Promise.all(['a', 'b', 'c'].map((name) => put(name, { 'if-none-match': '*' })));
    expect(making.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412]);
    const { etag } = (await ask('GET', '/devices/c1')).headers;
    for (const wrong of ['"x"', 'W/"x"', '"x", "y"']) {
      expectProblem(await put('d', { 'if-match': wrong }), 412, 'PreconditionFailed', /another/);
    }
    const writers = await Promise.all(['e', 'f', 'g'].map((name) => put(name, { 'if-match': `"x", W/${etag}` })));
    expect(writers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412]);
    const fresh = (await ask('GET', '/devices/c1')).headers.etag as string;
    expect((await ask('GET', '/devices/c1', { headers: { 'if-none-match': `W/${fresh}` } })).statusCode).toBe(304);
    expect((await ask('GET', '/devices/c1', { headers: { 'if-none-match': `${etag}` } })).statusCode).toBe(200);
    expectProblem(
      await ask('DELETE', '/devices/c1', { headers: { 'if-match': `${etag}` } }),
      412,
      'PreconditionFailed',
    );
    expect((await ask('DELETE', '/devices/c1', { headers: { 'if-match': fresh } })).statusCode).toBe(204);
    expectProblem(await ask('DELETE', '/devices/c1', { headers: { 'if-match': fresh } }), 404, 'NotFound');
  });

  it('goes on only from a page that we gave', async () => {
    const lists = [
      '/devices',
      '/roles',
      '/deviceGroups',
      '/devices/c2/commands/x',
      '/devices/c2/relationships',
      '/users',
    ];
    await ask('PUT', '/devices/c2', { body: {} });
    for (const list of lists) {
      for (const wrong of ['Infinity', '\u0000', '{"a":1}', "' OR 1=1 --", '[null]', '["\ud800"]']) {
        const token = Buffer.from(wrong).toString('base64url');
        const { statusCode } = await ask('GET', `${list}?$skiptoken=${token}&maxpagesize=1`);
        expect([200, 400], `${list} from ${wrong}`).toContain(statusCode);
      }
    }
    for (const wrong of ['-1', '1e9', '1.5', 'NaN', '', '0x1', '101']) {
      expectProblem(await ask('GET', `/devices?maxpagesize=${wrong}`), 400, 'BadRequest', /maxpagesize/);
    }
  });

  it('asks for what there is, in words of the filter', async () => {
    const list = (query: string) => ask('GET', `/devices?${query}`);
    const filters = [`displayName eq 'x' or 1 eq 1`, `displayName eq 'x'; DROP TABLE device`, `password eq 'x'`];
    for (const filter of filters) {
      expectProblem(await list(`filter=${encodeURIComponent(filter)}`), 422, 'InvalidQuery');
    }
    expectProblem(await list(`filter=${'('.repeat(3_000)}`), 422, 'QueryLimitExceeded', /deeper/);
    const quoted = encodeURIComponent(`displayName eq '''; DROP TABLE device; --' or displayName eq '%'`);
    expect((await list(`filter=${quoted}`)).json()).toEqual({ value: [] });
    for (const order of ['displayName; DROP', 'rowid', '1', 'displayName asc, id desc, x']) {
      expectProblem(await list(`orderby=${encodeURIComponent(order)}`), 422, 'InvalidQuery');
    }
  });

  it('names a device, whatever letters its id has', async () => {
    for (const id of ['a.b', "it's", 'a:b', 'a*b', '$x', 'a,b', '%', '%2F', 'x'.repeat(128)]) {
      const address = `/devices/${encodeURIComponent(id)}`;
      expect((await ask('PUT', address, { body: {} })).json(), id).toMatchObject({ id, displayName: id });
      expect((await ask('GET', address)).json().id).toBe(id);
      expect((await ask('DELETE', address)).statusCode).toBe(204);
    }
    for (const id of ['a/b', '..', 'a b', 'ä', '\u{1F600}', 'a\u0000', 'x'.repeat(129), 'a\\b']) {
      const address = `/devices/${encodeURIComponent(id)}`;
      expect([400, 404], id).toContain((await ask('PUT', address, { body: {} })).statusCode);
      expect([400, 404], id).toContain((await ask('GET', address)).statusCode);
    }
  });

  it('names a host, where links could lead', async () => {
    expectProblem(await ask('GET', '/roles', { headers: { host: 'a b' } }), 400, 'BadRequest', /Host/);
  });

  it('goes to an address and a method that there are', async () => {
    expectProblem(await ask('GET', '/nothing'), 404, 'NotFound', /GET \/api\/nothing/);
    const wrong = await ask('POST', '/roles');
    expectProblem(wrong, 405, 'MethodNotAllowed', /GET/);
    expect(wrong.headers.allow).toBe('GET');
    expectProblem(await ask('GET', '/roles/none'), 404, 'NotFound');
    expectProblem(await ask('GET', '/jobs'), 501, 'NotImplemented', /hub's jobs/);
    expectProblem(await ask('GET', '/dataExport/exports'), 501, 'NotImplemented', /routes/);
  });

  it('gets pages in both spellings, and a link that leads on', async () => {
    for (const spelling of ['maxpagesize', '$top']) {
      const first = (await ask('GET', `/roles?${spelling}=2`)).json();
      expect(first.value).toHaveLength(2);
      const link = new URL(first.nextLink);
      expect(link.protocol).toBe('https:');
      const next = (await ask('GET', `${link.pathname.slice(4)}${link.search}`, { version: '' })).json();
      expect([next.value.length, next.nextLink]).toEqual([1, undefined]);
      for (const wrong of ['0', '101', 'x']) {
        expectProblem(await ask('GET', `/roles?${spelling}=${wrong}`), 400, 'BadRequest');
      }
    }
  });
});

it('has every operation once', () => {
  const calls = Object.values(OPERATION_TABLE).map(({ call }) => call);
  expect(new Set(calls).size).toBe(calls.length);
});
