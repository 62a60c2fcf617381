import type { Exploration } from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explorationUses } from '../exploration/exploration-uses.ts';
import { saveExploration } from '../exploration/explorations.ts';
import type { Template } from '../template/template-book.ts';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
beforeAll(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
});
afterAll(() => console.close());

const VIEW = {
  source: { kind: 'template', templateId: 'dtmi:a:b;1' },
  lines: [{ path: 'pump.pressure', aggregate: 'avg' }],
  splitBy: 'device',
  range: { kind: 'last', duration: 'P1D' },
  axes: 'shared',
} as const;

describe('explorations', () => {
  it('are kept under a name, changed and removed', async () => {
    const made = await browser.request('POST', '/explorations', { name: ' Pumps ', isShared: false, view: VIEW });
    expect(made.statusCode).toBe(201);
    const { id, ...exploration } = made.json<Exploration>();
    expect(exploration).toMatchObject({ name: 'Pumps', owner: 'ada', isShared: false, view: VIEW });
    const shared = { name: 'Pumps', isShared: true, view: { ...VIEW, axes: 'lanes' } };
    expect((await browser.request('PUT', `/explorations/${id}`, shared)).json()).toMatchObject(shared);
    expect((await browser.request('GET', '/explorations')).json()).toMatchObject([{ id, view: { axes: 'lanes' } }]);
    expect((await browser.request('DELETE', `/explorations/${id}`)).statusCode).toBe(204);
    expect((await browser.request('GET', `/explorations/${id}`)).json()).toMatchObject({ code: 'central.notFound' });
  });

  it('of somebody else are not there, unless they are shared', async () => {
    const { store, hub } = console;
    const own = await saveExploration(store, hub.random, 'bob', { name: 'own', isShared: false, view: VIEW });
    const shared = await saveExploration(store, hub.random, 'bob', { name: 'shared', isShared: true, view: VIEW });
    expect((await browser.request('GET', '/explorations')).json<Exploration[]>().map(({ id }) => id)).toEqual([
      shared.id,
    ]);
    expect(
      (await browser.request('PUT', `/explorations/${own.id}`, { name: 'x', isShared: true, view: VIEW })).statusCode,
    ).toBe(404);
  });

  it('refuse a view that is none', async () => {
    const wrong = { ...VIEW, source: { kind: 'group' } };
    expect(
      (await browser.request('POST', '/explorations', { name: 'x', isShared: true, view: wrong })).statusCode,
    ).toBe(400);
  });

  it('say what of a template they use, whether clicked together or typed', async () => {
    const { store, hub } = console;
    const query = 'SELECT AVG(temperature) FROM dtmi:c:d;1 WHERE humidity > 3';
    await saveExploration(store, hub.random, 'bob', { name: 'typed', isShared: true, view: { ...VIEW, query } });
    const usesOf = (templateId: string) => explorationUses(store, { templateId } as Template);
    expect(await usesOf('dtmi:c:d;1')).toMatchObject([
      { kind: 'explorerQuery', displayName: 'typed', paths: ['temperature', 'humidity'] },
    ]);
    expect((await usesOf('dtmi:a:b;1')).map(({ paths }) => paths)).toEqual([['pump.pressure'], ['pump.pressure']]);
  });
});
