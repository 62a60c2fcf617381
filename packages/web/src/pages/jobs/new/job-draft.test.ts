import { describe, expect, it } from 'vitest';
import { type JobDraft, readJobDraft } from './job-draft.ts';

const draft: JobDraft = {
  kind: 'twins',
  jobId: '',
  condition: '*',
  tags: '{"site":"north"}',
  desired: '{}',
  methodName: '',
  payload: '',
  connectSeconds: 0,
  responseSeconds: 30,
  startAt: '',
  minutesMax: 60,
};

describe('readJobDraft', () => {
  it('leaves out what was not asked for', () => {
    expect(readJobDraft(draft)).toEqual({
      ok: true,
      job: { condition: '*', maxExecutionSeconds: 3_600, update: { tags: { site: 'north' } } },
    });
    const call = { ...draft, kind: 'method' as const, methodName: ' reboot ', jobId: 'tonight' };
    expect(readJobDraft(call)).toEqual({
      ok: true,
      job: {
        jobId: 'tonight',
        condition: '*',
        maxExecutionSeconds: 3_600,
        method: { methodName: 'reboot', payload: null, responseTimeoutSeconds: 30, connectTimeoutSeconds: 0 },
      },
    });
  });

  it('begins at a time of the viewer', () => {
    const at = readJobDraft({ ...draft, startAt: '2030-01-02T03:04' });
    expect(at).toMatchObject({ ok: true, job: { startTime: new Date(2030, 0, 2, 3, 4).getTime() } });
  });

  it('passes any JSON value to a method', () => {
    const call = { ...draft, kind: 'method' as const, methodName: 'm' };
    for (const payload of ['null', '0', '"x"', '[1]']) {
      expect(readJobDraft({ ...call, payload })).toMatchObject({
        job: { method: { payload: JSON.parse(payload) } },
      });
    }
  });

  it.each([
    [{ tags: '', desired: '' }, 'tags'],
    [{ tags: '[1]' }, 'tags'],
    [{ desired: '{' }, 'desired'],
    [{ condition: ' ' }, 'condition'],
    [{ kind: 'method' as const }, 'methodName'],
    [{ kind: 'method' as const, methodName: 'm', payload: 'x' }, 'payload'],
  ])('says which field is wrong: %j', (change, field) => {
    expect(readJobDraft({ ...draft, ...change })).toMatchObject({ ok: false, field });
  });
});
