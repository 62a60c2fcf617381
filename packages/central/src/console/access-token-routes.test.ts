import type { MadeAccessToken } from '@viaduct/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
beforeEach(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
});
afterEach(() => console.close());

it('makes a token, tells it once, lists and revokes it, and books who did', async () => {
  const made = await browser.request('POST', '/access-tokens', {
    name: 'nightly',
    role: 'dataReader',
    expiresInDays: 7,
  });
  expect(made.statusCode).toBe(201);
  const { token, ...view } = made.json<MadeAccessToken>();
  expect(token).toMatch(/^vdt_[\w-]{43}$/);
  expect(view).toMatchObject({
    name: 'nightly',
    role: 'dataReader',
    createdBy: expect.any(String),
    lastUsedTime: null,
  });
  expect(view.expiryTime - view.createdTime).toBe(7 * 86_400_000);
  expect((await browser.request('GET', '/access-tokens')).json()).toEqual([view]);

  const again = await browser.request('POST', '/access-tokens', { name: 'Nightly', role: 'dataReader' });
  expect([again.statusCode, again.json()]).toMatchObject([409, { code: 'accessToken.exists' }]);
  expect((await browser.request('DELETE', '/access-tokens/nightly')).statusCode).toBe(204);
  expect((await browser.request('DELETE', '/access-tokens/nightly')).statusCode).toBe(404);

  const audit = (await browser.request('GET', '/audit')).json<{ items: Record<string, unknown>[] }>();
  expect(audit.items.slice(0, 4).map(({ action, object, code }) => [action, object, code])).toEqual([
    ['accessToken.revoke', 'nightly', 'accessToken.notFound'],
    ['accessToken.revoke', 'nightly', null],
    ['accessToken.create', 'Nightly (dataReader)', 'accessToken.exists'],
    ['accessToken.create', 'nightly (dataReader)', null],
  ]);
  expect(JSON.stringify(audit)).not.toContain(token);
});

it('refuses other roles and lives', async () => {
  for (const wrong of [{ role: 'owner' }, { expiresInDays: 0 }, { expiresInDays: 4_000 }, { name: '' }]) {
    const answer = await browser.request('POST', '/access-tokens', { name: 'x', role: 'dataReader', ...wrong });
    expect(answer.statusCode).toBe(400);
  }
});
