import type { MadeApiToken } from '@viaduct/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askCentral } from '../testing/ask-central.ts';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
beforeEach(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
});
afterEach(() => console.close());

it('makes a token that opens the REST interface, tells it once, lists and revokes it, and books who did', async () => {
  const made = await browser.request('POST', '/api-tokens', { tokenId: 'nightly', role: 'operator', expiresInDays: 7 });
  expect(made.statusCode).toBe(201);
  const { token, ...view } = made.json<MadeApiToken>();
  expect(view).toMatchObject({ tokenId: 'nightly', role: 'operator', createdBy: 'ada', lastUsedTime: null });
  expect((view.expiryTime - view.createdTime) / 86_400_000).toBeCloseTo(7, 3);
  expect((await browser.request('GET', '/api-tokens')).json()).toEqual([view]);

  expect((await askCentral(console, 'GET', '/roles', { token })).statusCode).toBe(200);
  expect((await askCentral(console, 'GET', '/users', { token })).statusCode).toBe(403);
  expect((await browser.request('GET', '/api-tokens')).json()[0].lastUsedTime).toBeGreaterThan(0);
  expect((await browser.request('DELETE', '/api-tokens/nightly')).statusCode).toBe(204);
  expect((await askCentral(console, 'GET', '/roles', { token })).statusCode).toBe(401);

  const audit = (await browser.request('GET', '/audit')).json<{ items: Record<string, unknown>[] }>();
  expect(audit.items.slice(0, 2).map(({ action, object }) => [action, object])).toEqual([
    ['apiToken.revoke', 'nightly'],
    ['apiToken.create', 'nightly (operator)'],
  ]);
  expect(JSON.stringify(audit)).not.toContain(token);
});
