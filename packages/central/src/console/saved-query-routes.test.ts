import { LIMITS, type SavedQuery } from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveQuery } from '../query/saved-queries.ts';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let served: ConsoleUnderTest;
let browser: Browser;

beforeAll(async () => {
  served = await openConsole();
  browser = await signedInBrowser(served);
  await served.store.tables
    .insertInto('person')
    .values({ user_name: 'bob', password_hash: '', created_time: 1, password_changed_time: 1 })
    .execute();
});
afterAll(() => served.close());

const query = "SELECT * FROM devices WHERE tags.site = 'north'";
const save = (body: object) => browser.request('POST', '/saved-queries', body);
const names = async () => (await browser.request('GET', '/saved-queries')).json<SavedQuery[]>().map(({ name }) => name);

describe('saved queries', () => {
  it('are kept, changed and removed', async () => {
    const made = await save({ name: ' North ', query, isShared: false });
    expect(made.statusCode).toBe(201);
    const { id } = made.json<SavedQuery>();
    expect(made.json()).toMatchObject({ name: 'North', query, isShared: false, owner: 'ada' });
    const changed = await browser.request('PUT', `/saved-queries/${id}`, { name: 'South', query, isShared: true });
    expect(changed.json()).toMatchObject({ id, name: 'South', isShared: true, owner: 'ada' });
    expect(await names()).toEqual(['South']);
    expect((await browser.request('DELETE', `/saved-queries/${id}`)).statusCode).toBe(204);
    expect(await names()).toEqual([]);
    expect((await browser.request('DELETE', `/saved-queries/${id}`)).json()).toMatchObject({
      code: 'console.savedQueryNotFound',
    });
  });

  it('of others are seen when they are shared, and are out of reach when not', async () => {
    const theirs = await saveQuery(served.store, 'bob', { name: 'Private', query, isShared: false });
    await saveQuery(served.store, 'bob', { name: 'For all', query, isShared: true });
    expect(await names()).toEqual(['For all']);
    const change = { name: 'Mine now', query, isShared: true };
    expect((await browser.request('PUT', `/saved-queries/${theirs.id}`, change)).statusCode).toBe(404);
    expect((await browser.request('DELETE', `/saved-queries/${theirs.id}`)).statusCode).toBe(404);
  });

  it('have one name among those that one shares them with, whatever its case', async () => {
    expect((await save({ name: 'private', query, isShared: false })).statusCode).toBe(201);
    expect((await save({ name: 'PRIVATE', query, isShared: false })).json()).toMatchObject({
      code: 'console.savedQueryExists',
    });
    expect((await save({ name: 'for ALL', query, isShared: true })).statusCode).toBe(409);
  });

  it('need a name', async () => {
    expect((await save({ name: '  ', query, isShared: false })).json()).toMatchObject({ code: 'argument.invalid' });
  });

  it('are bounded', async () => {
    const { tables } = served.store;
    const one = { query, owner: 'bob', is_shared: 0 as const, updated_time: 1 };
    const many = Array.from({ length: LIMITS.SAVED_QUERIES_MAX }, (_, index) => ({ ...one, name: `q${index}` }));
    for (let i = 0; i < many.length; i += 100) {
      await tables
        .insertInto('saved_query')
        .values(many.slice(i, i + 100))
        .execute();
    }
    expect((await save({ name: 'one more', query, isShared: false })).json()).toMatchObject({
      code: 'console.savedQueriesTooMany',
    });
  });
});
