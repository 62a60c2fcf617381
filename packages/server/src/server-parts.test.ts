import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isValidId } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClosingStack } from './closing-stack.ts';
import { withPort } from './host-names.ts';
import { counter, formatMetrics } from './metrics.ts';
import { openSecretKey } from './secret-key.ts';
import { portNotes } from './start-text.ts';
import { deviceIdOf } from './this-machine.ts';

describe('ClosingStack', () => {
  it('closes in reverse, and goes on when one part fails', async () => {
    const seen: unknown[] = [];
    const stack = new ClosingStack((error) => seen.push(error));
    const fault = new RangeError('stuck');
    stack.push(() => void seen.push('log'));
    stack.push(() => Promise.reject(fault));
    stack.push(() => void seen.push('listener'));
    await stack.close();
    await stack.close();
    expect(seen).toEqual(['listener', fault, 'log']);
  });
});

describe('openSecretKey', () => {
  const random = { bytes: (count: number) => Buffer.alloc(count, 7) };

  it('makes a key once, and refuses a broken one instead of making another', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'viaduct-key-'));
    const key = await openSecretKey(directory, undefined, random);
    const again = await openSecretKey(directory, undefined, { bytes: (count) => Buffer.alloc(count, 8) });
    expect(again).toEqual(key);
    const file = join(directory, 'secret.key');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 8));
    await expect(openSecretKey(directory, undefined, random)).rejects.toThrow(/does not hold a key/);
    await rm(directory, { recursive: true });
  });
});

describe('deviceIdOf', () => {
  it('makes a valid device id of any machine name', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (name) => isValidId(deviceIdOf(name))));
  });
});

describe('formatMetrics', () => {
  it('escapes what would break a line of the format', () => {
    const family = counter('n_total', 'A count.', [{ labels: { code: 'a"b\\c\nd' }, value: 3 }]);
    expect(formatMetrics([family])).toBe(
      '# HELP n_total A count.\n# TYPE n_total counter\nn_total{code="a\\"b\\\\c\\nd"} 3\n',
    );
  });
});

describe('portNotes', () => {
  const usual = { port: 8883, fellBackBecause: undefined };

  it('is silent when every port is the usual one', () => {
    expect(portNotes({ mqtt: usual, amqp: usual, https: usual })).toEqual([]);
  });

  it('says who is affected and how to allow the port', () => {
    const [note] = portNotes({ mqtt: usual, amqp: usual, https: { port: 8443, fellBackBecause: 'notPermitted' } });
    expect(note).toMatch(/registry[\s\S]*setcap/);
  });
});

it('withPort puts IPv6 addresses in brackets and leaves the usual port out', () => {
  expect([withPort('::1', 8443, 443), withPort('h', 443, 443)]).toEqual(['[::1]:8443', 'h']);
});
