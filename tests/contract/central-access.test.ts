import { startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCentral } from './sdk/central.ts';

const ADMINISTRATOR = 'ca310b8d-2f4a-44e0-a36e-957c202cd8d4';
const OPERATOR = 'ae2c9854-393b-4f97-8c42-479d70ce626e';

/** Who may ask central, in which form, and how it refuses; over TLS, as a program without an SDK asks. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('API tokens', () => {
  it('are made, used, listed and revoked, and outlive a restart', async ({ task }) => {
    const params = { tokenId: 'nightly' };
    const body = { roles: [{ role: OPERATOR }] };
    const made = (await callCentral(server, task, 'ApiTokens_Create', { params, body })).body;
    expect(made.token).toMatch(/^SharedAccessSignature sr=[0-9a-f-]{36}&sig=\S+&skn=nightly&se=\d{13}$/);
    const { apiToken } = server.ready.central;
    await server.restart();
    for (const token of [made.token, apiToken]) {
      expect((await callCentral(server, task, 'Roles_List', { token })).body.value).toHaveLength(3);
    }
    const listed = (await callCentral(server, task, 'ApiTokens_List')).body.value;
    expect(listed).toEqual([(await callCentral(server, task, 'ApiTokens_Get', { params })).body]);
    expect(JSON.stringify(listed)).not.toContain('SharedAccessSignature');
    const forbidden = await callCentral(server, task, 'ApiTokens_List', { token: made.token });
    expect([forbidden.status, forbidden.body.error.code]).toEqual([403, 'Forbidden']);
    expect((await callCentral(server, task, 'ApiTokens_Remove', { params })).status).toBe(204);
    const revoked = await callCentral(server, task, 'Roles_List', { token: made.token });
    expect([revoked.status, revoked.body.error.code]).toEqual([401, 'Unauthorized']);
  });

  it('are needed, and refused with the reason in words', async ({ task }) => {
    const none = await callCentral(server, task, 'Roles_List', { token: '' });
    expect([none.status, none.body.error.message]).toEqual([401, 'the request has no Authorization header']);
    const bearer = await callCentral(server, task, 'Roles_List', { token: 'Bearer x' });
    expect(bearer.status).toBe(401);
    expect(await server.hub.refusals.list(null)).toMatchObject([{ code: 'central.unauthenticated', count: 3 }]);
  });
});

describe('requests', () => {
  it('say a version that has the operation', async ({ task }) => {
    for (const version of ['1.0', 'preview', '1.1-preview', '1.2-preview', '2022-05-31', '2022-07-31']) {
      expect((await callCentral(server, task, 'Roles_List', { version })).status).toBe(200);
    }
    const unknown = await callCentral(server, task, 'Roles_List', { version: '2019-10-28' });
    expect([unknown.status, unknown.body.error.code]).toEqual([400, 'InvalidApiVersion']);
    const preview = await callCentral(server, task, 'Dashboards_List', { version: '2022-07-31' });
    expect(preview.body.error.message).toContain('it is in 2022-06-30-preview, 2022-10-31-preview');
  });

  it('get pages, and a link that leads on', async ({ task }) => {
    const first = (await callCentral(server, task, 'Roles_List', { query: { $top: '2' } })).body;
    expect(first.value).toHaveLength(2);
    const { apiToken } = server.ready.central;
    const next = await fetch(first.nextLink, { headers: { authorization: apiToken } });
    expect(await next.json()).toEqual({ value: [expect.objectContaining({ displayName: 'Operator' })] });
  });

  it('find a role, and none that there is not', async ({ task }) => {
    const params = { roleId: ADMINISTRATOR };
    const { body } = await callCentral(server, task, 'Roles_Get', { params });
    expect(body).toEqual({ id: ADMINISTRATOR, displayName: 'Administrator' });
    const missing = await callCentral(server, task, 'Roles_Get', { params: { roleId: 'none' } });
    expect([missing.status, missing.body.error.code]).toEqual([404, 'NotFound']);
  });

  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['no JSON', '{', {}, 400, 'InvalidBody'],
    ['a list', [], {}, 400, 'InvalidBody'],
    ['a member too many', { roles: [{ role: OPERATOR }], admin: true }, {}, 400, 'InvalidBody'],
    ['a member of another type', { roles: 'all' }, {}, 400, 'InvalidBody'],
    ['another type', { roles: [{ role: OPERATOR }] }, { 'content-type': 'text/xml' }, 415, 'UnsupportedMediaType'],
    ['too much', { roles: [{ role: 'x'.repeat(2_000_000) }] }, {}, 413, 'PayloadTooLarge'],
  ])('that have %s are refused', async (_what, body, headers, status, code) => {
    const asked = { params: { tokenId: 'wrong' }, body, headers, isWrong: true };
    const answer = await callCentral(server, null, 'ApiTokens_Create', asked);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('go where something is', async () => {
    const ask = async (method: string, path: string) => {
      const headers = { authorization: server.ready.central.apiToken };
      const answer = await fetch(`${server.ready.central.url}${path}?api-version=1.0`, { method, headers });
      return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
    };
    expect(await ask('GET', '/nothing')).toEqual([404, 'NotFound']);
    expect(await ask('DELETE', '/roles')).toEqual([405, 'MethodNotAllowed']);
    expect(await ask('GET', '/devices/%E0%A4%A')).toEqual([400, 'BadRequest']);
    // What a client or a proxy may make of an id stays an id: no road to another resource.
    for (const id of ['a%2Fb', '..%2F..%2Froles', '%2e%2e%2Froles', '%00', '%F0%9F%98%80', "'%20OR%201=1"]) {
      expect(await ask('GET', `/devices/${id}`), id).toEqual([404, 'NotFound']);
    }
  });

  it('wait in the strict profile', { timeout: 30_000 }, async () => {
    const strict = await startTestServer({ flags: ['--profile', 'strict'] });
    const body = { query: 'SELECT 1' };
    const asked = Array.from({ length: 5 }, () => callCentral(strict, null, 'Query_Run', { body }));
    const answers = await Promise.all(asked);
    const refused = answers.find(({ status }) => status === 429);
    expect([refused?.headers.get('retry-after'), refused?.body.error.code]).toEqual(['1', 'TooManyRequests']);
    await strict.stop();
  });
});
