import { type AuditEntry, type ConsoleProblem, CSRF_HEADER, LIMITS, type Page, type Session } from '@viaduct/contracts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdminLink } from '../people/admin-link.ts';
import {
  Browser,
  type ConsoleUnderTest,
  openConsole,
  PASSWORD,
  signedInBrowser,
} from '../testing/console-under-test.ts';

let tested: ConsoleUnderTest;

beforeEach(async () => {
  tested = await openConsole();
});
afterEach(() => tested.close());

async function newLink(): Promise<string> {
  return (await createAdminLink(tested.store, tested.clock, tested.hub.random)).token;
}

async function auditedActions(browser: Browser): Promise<readonly string[]> {
  const { items } = (await browser.request('GET', '/audit')).json<Page<AuditEntry>>();
  return items.map(({ userName, action, code }) => [userName, action, code ?? 'done'].join(' '));
}

describe('set-up by one-time link', () => {
  it('makes the first administrator and signs them in', async () => {
    const browser = new Browser(tested.app);
    const token = await newLink();
    const state = await browser.request('GET', `/setup?token=${token}`);
    expect(state.json()).toMatchObject({ kind: 'firstAdministrator' });

    await browser.enter('/setup', { token, userName: ' Ada ', password: PASSWORD });
    const session = await browser.request('GET', '/session');
    expect(session.json<Session>()).toMatchObject({ userName: 'Ada', role: 'administrator' });
  });

  it('works once, and ends every other open link with it', async () => {
    const [first, second] = [await newLink(), await newLink()];
    const browser = new Browser(tested.app);
    await browser.enter('/setup', { token: first, userName: 'ada', password: PASSWORD });
    for (const token of [first, second]) {
      const again = await browser.request('POST', '/setup', { token, userName: 'eve', password: PASSWORD });
      expect([again.statusCode, again.json<ConsoleProblem>().code]).toEqual([403, 'console.linkInvalid']);
    }
  });

  it('lets only one of two who race with the same link in', async () => {
    const token = await newLink();
    const bodies = ['ada', 'eve'].map((userName) => ({ token, userName, password: PASSWORD }));
    const answers = await Promise.all(bodies.map((body) => new Browser(tested.app).request('POST', '/setup', body)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 403]);
  });

  it('refuses a link that has expired', async () => {
    const token = await newLink();
    tested.clock.advance(LIMITS.ADMIN_LINK_SECONDS * 1000);
    const answer = await new Browser(tested.app).request('GET', `/setup?token=${token}`);
    expect(answer.statusCode).toBe(403);
  });

  it('says how long a password must be, and leaves the link open', async () => {
    const token = await newLink();
    const browser = new Browser(tested.app);
    const short = await browser.request('POST', '/setup', { token, userName: 'ada', password: 'elevenchars' });
    expect(short.statusCode).toBe(400);
    expect(short.json<ConsoleProblem>().message).toBe('the password has 11 characters; it needs at least 12');
    await expect(browser.enter('/setup', { token, userName: 'ada', password: PASSWORD })).resolves.toMatchObject({
      userName: 'ada',
    });
  });

  it('gives a known person a new password and ends their sessions', async () => {
    const before = await signedInBrowser(tested);
    const browser = new Browser(tested.app);
    await browser.enter('/setup', { token: await newLink(), userName: 'ADA', password: 'another good one' });
    expect((await before.request('GET', '/session')).statusCode).toBe(401);
    expect((await browser.request('GET', '/session')).json<Session>().userName).toBe('ada');
    const old = await new Browser(tested.app).request('POST', '/session', { userName: 'ada', password: PASSWORD });
    expect(old.statusCode).toBe(401);
  });

  it('keeps neither tokens nor passwords in its file', async () => {
    const browser = await signedInBrowser(tested);
    const [person] = await tested.store.tables.selectFrom('person').selectAll().execute();
    const [session] = await tested.store.tables.selectFrom('console_session').selectAll().execute();
    expect(person?.password_hash).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/);
    expect(browser.cookie).not.toContain(session?.token_hash.toString('base64url'));
  });
});

describe('signing in', () => {
  it('sets a cookie that scripts, other sites and plain HTTP never see', async () => {
    await signedInBrowser(tested);
    const answer = await new Browser(tested.app).request('POST', '/session', { userName: 'Ada', password: PASSWORD });
    const header = String(answer.headers['set-cookie']);
    expect(header).toMatch(
      /^__Host-viaduct=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers an unknown name as it answers a wrong password', async () => {
    await signedInBrowser(tested);
    const wrong = await new Browser(tested.app).request('POST', '/session', { userName: 'ada', password: 'wrong' });
    const unknown = await new Browser(tested.app).request('POST', '/session', { userName: 'bob', password: 'wrong' });
    const { trackingId: _, ...said } = wrong.json<ConsoleProblem>();
    expect(said).toMatchObject({ code: 'console.signInFailed' });
    expect(unknown.json()).toMatchObject(said);
  });

  it('stops guessing from one address, even all at once, and lets it try again a minute later', async () => {
    await signedInBrowser(tested);
    const guesses = Array.from({ length: LIMITS.SIGN_IN_ATTEMPTS_PER_MINUTE_MAX + 5 }, (_, index) =>
      new Browser(tested.app).request('POST', '/session', { userName: 'ada', password: `guess ${index}` }),
    );
    const statuses = (await Promise.all(guesses)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 401)).toHaveLength(LIMITS.SIGN_IN_ATTEMPTS_PER_MINUTE_MAX);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);

    tested.clock.advance(60_000);
    const right = await new Browser(tested.app).request('POST', '/session', { userName: 'ada', password: PASSWORD });
    expect(right.statusCode).toBe(200);
  });

  it('ends by signing out, and by not being used', async () => {
    const browser = await signedInBrowser(tested);
    const kept = new Browser(tested.app);
    await kept.enter('/session', { userName: 'ada', password: PASSWORD });
    const { cookie } = browser;
    expect((await browser.request('DELETE', '/session')).statusCode).toBe(204);
    browser.cookie = cookie;
    expect((await browser.request('GET', '/session')).statusCode).toBe(401);

    const nearlyOver = LIMITS.CONSOLE_SESSION_SECONDS * 1000 - 60_000;
    tested.clock.advance(nearlyOver);
    expect((await kept.request('GET', '/session')).statusCode).toBe(200);
    tested.clock.advance(nearlyOver);
    expect((await kept.request('GET', '/session')).statusCode).toBe(200);
    tested.clock.advance(LIMITS.CONSOLE_SESSION_SECONDS * 1000);
    expect((await kept.request('GET', '/session')).statusCode).toBe(401);
  });
});

describe('requests that another page could send', () => {
  it('needs the anti-forgery token of the same session on unsafe methods', async () => {
    const browser = await signedInBrowser(tested);
    const other = new Browser(tested.app);
    await other.enter('/session', { userName: 'ada', password: PASSWORD });
    for (const csrfToken of ['', 'nonsense', other.csrfToken]) {
      browser.csrfToken = csrfToken;
      const answer = await browser.request('POST', '/devices', { deviceId: 'd1' });
      expect([answer.statusCode, answer.json<ConsoleProblem>().code]).toEqual([403, 'console.forged']);
    }
    expect(await tested.hub.registry.find({ deviceId: 'd1' })).toBeUndefined();
  });

  it('refuses a sign-in that the page of another site sends', async () => {
    const answer = await tested.app.inject({
      method: 'POST',
      url: '/console/api/session',
      headers: { 'sec-fetch-site': 'cross-site', [CSRF_HEADER]: '' },
      payload: { userName: 'ada', password: PASSWORD },
    });
    expect(answer.json<ConsoleProblem>().code).toBe('console.forged');
  });

  it('answers nobody who is not signed in, without a redirect', async () => {
    const paths = ['/session', '/overview', '/devices', '/devices/d1', '/connection', '/audit', '/live', '/models/x'];
    for (const path of paths) {
      const answer = await new Browser(tested.app).request('GET', path);
      expect([path, answer.statusCode, answer.json<ConsoleProblem>().code]).toEqual([path, 401, 'console.signedOut']);
    }
  });
});

describe('on a disk that cannot be written', () => {
  it('whoever is signed in can still look, and hears why nothing changes', async () => {
    const browser = await signedInBrowser(tested);
    await sql`PRAGMA query_only = ON`.execute(tested.store.tables);
    tested.clock.advance(120_000);
    expect((await browser.request('GET', '/devices')).statusCode).toBe(200);
    const answer = await new Browser(tested.app).request('POST', '/session', { userName: 'ada', password: PASSWORD });
    expect([answer.statusCode, answer.json<ConsoleProblem>().code]).toEqual([503, 'store.unavailable']);
  });
});

describe('the audit', () => {
  it('says who did what, refusals included, newest first', async () => {
    const browser = await signedInBrowser(tested);
    await new Browser(tested.app).request('POST', '/session', { userName: 'eve', password: 'wrong' });
    await browser.request('POST', '/devices', { deviceId: 'd1' });
    await browser.request('POST', '/devices', { deviceId: 'd1' });
    expect(await auditedActions(browser)).toEqual([
      'ada device.create device.exists',
      'ada device.create done',
      'eve session.open console.signInFailed',
      'ada person.setUp done',
    ]);
  });

  it('is read in pages', async () => {
    const browser = await signedInBrowser(tested);
    for (const deviceId of ['a', 'b', 'c']) await browser.request('POST', '/devices', { deviceId });
    const first = (await browser.request('GET', '/audit?limit=3')).json<Page<AuditEntry>>();
    const second = (await browser.request('GET', `/audit?limit=3&cursor=${first.cursor}`)).json<Page<AuditEntry>>();
    expect([...first.items, ...second.items].map(({ object }) => object)).toEqual(['c', 'b', 'a', 'ada']);
    expect(second.cursor).toBeUndefined();
  });
});
