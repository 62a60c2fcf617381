import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENT_LIMITS } from '../limits.ts';
import { blink } from './blink.ts';
import { ErrorMemory } from './diagnose.ts';
import { answerSetInterval } from './set-interval.ts';

describe('setInterval', () => {
  it('applies seconds in range and answers what is in force', () => {
    const applied: number[] = [];
    expect(answerSetInterval({ seconds: 2.5 }, (seconds) => applied.push(seconds))).toEqual({
      status: 200,
      payload: { seconds: 2.5 },
    });
    expect(applied).toEqual([2.5]);
  });

  it('answers 400 with words and applies nothing for any other payload', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const applied: number[] = [];
        const answer = answerSetInterval(payload, (seconds) => applied.push(seconds));
        expect(
          answer.status === 200 ? applied.length : (answer.payload as { error: string }).error.length > 10,
        ).toBeTruthy();
        if (answer.status !== 200) expect(applied).toEqual([]);
      }),
    );
    expect(answerSetInterval({ seconds: 0.1 }, () => undefined)).toEqual({
      status: 400,
      payload: { error: '0.1 s is outside 0.2 to 3600 seconds' },
    });
  });
});

describe('blink', () => {
  it('answers exactly what it did on a machine without LEDs and terminal', async () => {
    const written: string[] = [];
    const report = await blink({
      ledFolder: '/nowhere',
      isTerminal: false,
      write: (text) => written.push(text),
      pauseMs: 0,
    });
    expect(report).toEqual({ did: 'printed a line', leds: [], terminal: false });
    expect(written).toEqual(['blink: printed a line\n']);
  });

  it('blinks an LED that it may write, leaves it off, and names it', async () => {
    const ledFolder = await mkdtemp(join(tmpdir(), 'viaduct-leds-'));
    await mkdir(join(ledFolder, 'user0'));
    await mkdir(join(ledFolder, 'locked'));
    await writeFile(join(ledFolder, 'user0', 'brightness'), '0');
    const report = await blink({ ledFolder, isTerminal: true, write: () => undefined, pauseMs: 0 });
    expect(report).toEqual({
      did: 'printed a line, flashed the terminal 3 times, blinked user0 3 times',
      leds: ['user0'],
      terminal: true,
    });
    expect(await readFile(join(ledFolder, 'user0', 'brightness'), 'utf8')).toBe('0');
    await rm(ledFolder, { recursive: true });
  });
});

describe('ErrorMemory', () => {
  it('keeps the last errors and forgets older ones', () => {
    const errors = new ErrorMemory();
    for (let count = 0; count <= AGENT_LIMITS.ERRORS_KEPT_MAX; count += 1) errors.keep(`error ${count}`, new Date(0));
    expect(errors.all).toHaveLength(AGENT_LIMITS.ERRORS_KEPT_MAX);
    expect(errors.all[0]).toEqual({ at: '1970-01-01T00:00:00.000Z', message: 'error 1' });
  });
});
