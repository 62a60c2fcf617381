import { describe, expect, it } from 'vitest';
import { diskFrom, readDisk } from './disk.ts';
import { countProcesses, readProcessCount } from './process-count.ts';

describe('diskFrom', () => {
  it('counts reserved blocks neither as used nor as free', () => {
    expect(diskFrom({ bsize: 4096, blocks: 1000, bfree: 400, bavail: 350 })).toEqual({
      usedBytes: 600 * 4096,
      freeBytes: 350 * 4096,
    });
  });

  it('reads the file system at /', async () => {
    const disk = await readDisk();
    expect(disk.usedBytes).toBeGreaterThan(0);
  });
});

describe('countProcesses', () => {
  it('counts the folders that are named by a number', async () => {
    expect(countProcesses(['1', '42', 'self', 'net', '1a', 'meminfo'])).toBe(2);
    expect(await readProcessCount('/nowhere')).toBeUndefined();
  });
});
