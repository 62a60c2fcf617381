import { describe, expect, it } from 'vitest';
import { columnsOf } from './columns-of.ts';

const page = { itemType: 'Raw' as const, columns: [], items: [], continuation: null };

describe('columnsOf', () => {
  it('keeps the order of SELECT', () => {
    expect(columnsOf([{ ...page, columns: ['n', 'site'], items: [{ site: 'a', n: 1 }] }])).toEqual(['n', 'site']);
  });

  it('shows of whole twins what one looks at, and of modules their names', () => {
    const twins = { ...page, itemType: 'Twin' as const };
    expect(columnsOf([{ ...twins, items: [{ deviceId: 'd' }] }]).slice(0, 2)).toEqual(['deviceId', 'status']);
    expect(columnsOf([{ ...twins, items: [{ deviceId: 'd', moduleId: 'm' }] }])[1]).toBe('moduleId');
  });

  it('shows all that rows of jobs have', () => {
    const jobs = { ...page, itemType: 'DeviceJob' as const, items: [{ jobId: 'j' }, { jobId: 'k', error: 'e' }] };
    expect(columnsOf([jobs])).toEqual(['jobId', 'error']);
    expect(columnsOf([])).toEqual([]);
  });
});
