import type { ConsoleProblem, FleetQueryPage, QueryVocabulary } from '@viaduct/contracts';
import { createDevice, patchTwin } from '@viaduct/hub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let served: ConsoleUnderTest;
let browser: Browser;

beforeAll(async () => {
  served = await openConsole();
  browser = await signedInBrowser(served);
  for (const [deviceId, tags] of [
    ['d1', { site: 'north', 'floor-plan': 3 }],
    ['d2', { site: 'south' }],
    ['d3', { site: 'north', rack: { row: 1 } }],
  ] as const) {
    await createDevice(served.hub, { deviceId });
    await patchTwin(served.hub, { deviceId }, { tags }, undefined);
  }
});
afterAll(() => served.close());

const ask = (body: object) => browser.request('POST', '/query', body);

describe('a query of the console', () => {
  it('is answered in pages, with its columns in order', async () => {
    const query = "SELECT deviceId, tags.rack.row AS row FROM devices WHERE tags.site = 'north'";
    const first = (await ask({ query, limit: 1 })).json<FleetQueryPage>();
    expect(first).toMatchObject({ itemType: 'Raw', columns: ['deviceId', 'row'], items: [{ deviceId: 'd1' }] });
    const second = (await ask({ query, limit: 1, continuation: first.continuation })).json<FleetQueryPage>();
    expect(second.items).toEqual([{ deviceId: 'd3', row: 1 }]);
    const last = (await ask({ query, limit: 1, continuation: second.continuation })).json<FleetQueryPage>();
    expect(last).toMatchObject({ items: [], continuation: null });
  });

  it('is refused with the place, so that an editor can underline it', async () => {
    const refused = await ask({ query: "SELECT * FROM devices\nWHERE tags.site == 'north'" });
    expect(refused.statusCode).toBe(400);
    expect(refused.json<ConsoleProblem>()).toMatchObject({ code: 'argument.invalid', at: { offset: 39, length: 1 } });
    expect(refused.json<ConsoleProblem>().message).toContain('line 2, character 18, near "="');
    expect((await ask({ query: 'x'.repeat(8_193) })).json<ConsoleProblem>().message).toContain('8192');
  });

  it('is completed with the words of the language and the paths of stored twins', async () => {
    const { keywords, functions, fields, paths } = (
      await browser.request('GET', '/query/vocabulary')
    ).json<QueryVocabulary>();
    expect(keywords).toContain('SELECT');
    expect(functions).toContainEqual({ name: 'SUBSTRING', argumentsMin: 2, argumentsMax: 3 });
    expect(fields).toContain('connectionState');
    expect(paths).toEqual([
      { path: 'tags.[[floor-plan]]', types: ['number'] },
      { path: 'tags.rack', types: ['object'] },
      { path: 'tags.rack.row', types: ['number'] },
      { path: 'tags.site', types: ['string'] },
    ]);
  });
});
