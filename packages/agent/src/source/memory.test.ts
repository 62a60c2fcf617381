import { describe, expect, it } from 'vitest';
import { parseMeminfo, readMemory } from './memory.ts';

const RECORDED = `MemTotal:       24684092 kB
MemFree:        24122472 kB
MemAvailable:   24276088 kB
Buffers:           32068 kB
Cached:           395208 kB
HugePages_Total:       0
`;

describe('parseMeminfo', () => {
  it('counts as used what is not available, in bytes', () => {
    expect(parseMeminfo(RECORDED)).toEqual({ usedBytes: 408_004 * 1024, totalBytes: 24_684_092 * 1024 });
  });

  it('knows nothing from a text without the two lines, or with an impossible pair', () => {
    expect(parseMeminfo('')).toBeUndefined();
    expect(parseMeminfo('MemTotal: 100 kB\n')).toBeUndefined();
    expect(parseMeminfo('MemTotal: 100 kB\nMemAvailable: 101 kB\n')).toBeUndefined();
  });
});

describe('readMemory', () => {
  it('falls back to what Node knows where there is no /proc/meminfo', async () => {
    const memory = await readMemory('/nowhere/meminfo');
    expect(memory.totalBytes).toBeGreaterThan(memory.usedBytes);
    expect(memory.usedBytes).toBeGreaterThan(0);
  });
});
