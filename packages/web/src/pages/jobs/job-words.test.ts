import { describe, expect, it } from 'vitest';
import { describeJob, jobState } from './job-words.ts';

const none = { update: null, method: null };
const counts = { devices: 5, pending: 0, running: 0, completed: 5, failed: 0, cancelled: 0 };

describe('describeJob', () => {
  it('names what is changed or called', () => {
    expect(describeJob({ ...none, type: 'export' })).toBe('Exports identities');
    expect(describeJob({ ...none, type: 'scheduleDeviceMethod', method: { methodName: 'reboot' } })).toBe(
      'Calls reboot',
    );
    const update = { tags: { site: 'n' }, desired: { interval: 5, mode: 'eco' } };
    expect(describeJob({ ...none, type: 'scheduleUpdateTwin', update })).toBe(
      'Changes tag site and desired properties interval, mode',
    );
    const many = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 1]));
    expect(describeJob({ ...none, type: 'scheduleUpdateTwin', update: { tags: many } })).toBe(
      'Changes tags a, b, c, …',
    );
    expect(describeJob({ ...none, type: 'scheduleUpdateTwin', update: {} })).toBe('Changes twins');
  });
});

describe('jobState', () => {
  it('does not call a job well when devices failed', () => {
    expect(jobState({ status: 'completed', counts })).toEqual({ word: 'Completed', tone: 'good' });
    expect(jobState({ status: 'completed', counts: { ...counts, failed: 2 } })).toEqual({
      word: 'Completed, 2 failed',
      tone: 'bad',
    });
  });
});
