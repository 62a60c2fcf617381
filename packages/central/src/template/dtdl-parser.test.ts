import { Worker } from 'node:worker_threads';
import { LIMITS } from '@viaduct/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WasmDtdlParser } from './dtdl-parser.ts';

/** A thread that does to each model what the model says. */
const OBEDIENT = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (json) => {
    const { order } = JSON.parse(json)[0];
    if (order === 'take') parentPort.postMessage(null);
    if (order === 'exit') process.exit(3);
    if (order === 'crash') setImmediate(() => { throw new RangeError('out of memory'); });
    if (order === 'unreadable') parentPort.postMessage('{ half of an ans');
  });
`;

const startThread = () => new Worker(OBEDIENT, { eval: true });
const obedient = () => new WasmDtdlParser(startThread);

afterEach(() => {
  vi.useRealTimers();
});

describe('the parser of DTDL', () => {
  it('outlives its thread: what was read then fails, and what waited is read by a new one', async () => {
    const parser = obedient();
    const outcomes = await Promise.allSettled(
      ['exit', 'take', 'crash', 'take', 'take'].map((order) => parser.parse([{ order }])),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(outcomes[0]).toMatchObject({ reason: { message: expect.stringContaining('ended with 3') } });
    expect(outcomes[2]).toMatchObject({ reason: { message: 'out of memory' } });
    await parser.close();
  });

  it('gives up on a model that takes too long, and goes on with the next', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const parser = obedient();
    const endless = parser.parse([{ order: 'nothing' }]);
    const next = parser.parse([{ order: 'take' }]);
    vi.advanceTimersByTime(LIMITS.DTDL_PARSE_SECONDS_MAX * 1_000);
    await expect(endless).rejects.toMatchObject({ code: 'template.invalid' });
    expect(await next).toEqual([]);
    await parser.close();
  });

  it('says so when it cannot make sense of an answer', async () => {
    const parser = obedient();
    expect(await parser.parse([{ order: 'unreadable' }])).toMatchObject([{ rule: 'unreadable', elementId: null }]);
    await parser.close();
  });

  it('refuses what waits when it is closed, and what comes later, and starts no other thread', async () => {
    let started = 0;
    const parser = new WasmDtdlParser(() => {
      started += 1;
      return startThread();
    });
    const waiting = ['nothing', 'take', 'take'].map((order) => parser.parse([{ order }]));
    const outcomes = Promise.allSettled(waiting);
    await parser.close();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'server.draining' } });
    await expect(parser.parse([{ order: 'take' }])).rejects.toMatchObject({ code: 'server.draining' });
    await parser.close();
    expect(started).toBe(1);
  });
});
