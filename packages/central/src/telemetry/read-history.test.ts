import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import { say } from '../testing/fake-session.ts';
import { readHistory } from './read-history.ts';

let tested: ConsoleUnderTest;

beforeEach(async () => {
  tested = await openConsole();
});
afterEach(() => tested.close());

describe('readHistory', () => {
  it('keeps the newest of large messages, within what one answer may hold', async () => {
    const body = Buffer.alloc(LIMITS.TELEMETRY_BYTES_MAX, 'x');
    for (let count = 0; count < 70; count++) await say(tested.hub, 'd1', body);
    const messages = await readHistory(tested.hub, 'd1', { sinceSeconds: 600, limit: 1_000 });
    const bytes = messages.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    expect(bytes).toBeLessThanOrEqual(LIMITS.MESSAGES_PAGE_BYTES_MAX);
    expect(bytes).toBeGreaterThan(LIMITS.MESSAGES_PAGE_BYTES_MAX - 2 * body.length);
    expect(messages.at(-1)?.offset).toBe(69);
  });

  it('leaves out what is older than asked for', async () => {
    await say(tested.hub, 'd1', '"old"');
    tested.clock.advance(100_000);
    await say(tested.hub, 'd1', '"new"');
    const messages = await readHistory(tested.hub, 'd1', { sinceSeconds: 60, limit: 1_000 });
    expect(messages.map(({ body }) => body.value)).toEqual(['new']);
    expect(await readHistory(tested.hub, 'd1', { sinceSeconds: 0, limit: 1_000 })).toEqual([]);
  });
});
