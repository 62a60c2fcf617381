import type { EventReadersView } from '@viaduct/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
beforeEach(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
});
afterEach(() => console.close());

it('makes consumer groups, shows who reads, and removes a group with its readers', async () => {
  const added = await browser.request('POST', '/consumer-groups', { name: 'charts' });
  expect([added.statusCode, added.json()]).toMatchObject([201, { name: 'charts', isDefault: false, readers: [] }]);
  expect((await browser.request('POST', '/consumer-groups', { name: 'CHARTS' })).statusCode).toBe(200);
  const ended: string[] = [];
  console.hub.consumers.enter('charts', 1, {
    ownerLevel: 0,
    name: 'reader',
    transport: 'amqp-ws',
    remoteAddress: '192.0.2.7',
    connectedTime: console.clock.now(),
    nextOffset: 0,
    end: ({ message }) => ended.push(message),
  });
  await console.hub.log.append(1, Buffer.from('x'));

  const shown = (await browser.request('GET', '/consumer-groups')).json<EventReadersView>();
  expect(shown).toMatchObject({
    eventHubName: 'events',
    groupsMax: 20,
    partitions: [
      { partition: 0, firstOffset: 0, nextOffset: 0, lastEnqueuedTime: null },
      { partition: 1, firstOffset: 0, nextOffset: 1, lastEnqueuedTime: expect.any(Number) },
    ],
    groups: [
      { name: '$Default', isDefault: true, readers: [] },
      { name: 'charts', readers: [{ partition: 1, name: 'reader', ownerLevel: 0, nextOffset: 0, lag: 1 }] },
    ],
  });

  expect((await browser.request('DELETE', '/consumer-groups/charts')).statusCode).toBe(204);
  expect(ended).toEqual(['the consumer group "charts" was removed']);
  const audit = (await browser.request('GET', '/audit')).json<{ items: { action: string }[] }>();
  expect(audit.items.slice(0, 2).map(({ action }) => action)).toEqual(['consumerGroup.remove', 'consumerGroup.add']);
});

it('refuses in words what cannot be', async () => {
  const refusals = [
    await browser.request('POST', '/consumer-groups', { name: 'no blanks' }),
    await browser.request('DELETE', '/consumer-groups/nobody'),
    await browser.request('DELETE', `/consumer-groups/${encodeURIComponent('$Default')}`),
  ];
  expect(refusals.map((answer) => [answer.statusCode, answer.json<{ code: string }>().code])).toEqual([
    [400, 'argument.invalid'],
    [404, 'consumerGroup.notFound'],
    [400, 'argument.invalid'],
  ]);
});
