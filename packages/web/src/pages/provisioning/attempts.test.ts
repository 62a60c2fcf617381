import type { AttemptView } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { withAttempts } from '../../live/patch-attempts.ts';
import { groupAttempts } from './group-attempts.ts';
import { nextStep } from './next-step.ts';

const attempt = (id: number, part: Partial<AttemptView> = {}): AttemptView => ({
  id,
  time: id * 1_000,
  registrationId: 'dev1',
  enrollment: { kind: 'group', id: 'stations' },
  credential: 'symmetricKey',
  transport: 'mqtt',
  remoteAddress: '127.0.0.1',
  outcome: 'refused',
  substatus: null,
  assignedHub: null,
  deviceId: null,
  isHere: false,
  code: 'credential.signatureMismatch',
  message: 'another key',
  advice: 'compare',
  durationMs: null,
  ...part,
});
const assigned: Partial<AttemptView> = { outcome: 'assigned', code: null, deviceId: 'dev1', isHere: true };

describe('groupAttempts', () => {
  it('tells what says the same once, with how often and since when', () => {
    const groups = groupAttempts([attempt(4), attempt(3), attempt(2, assigned), attempt(1)]);
    expect(groups.map(({ attempt: { id }, count, firstTime }) => [id, count, firstTime])).toEqual([
      [4, 2, 3_000],
      [2, 1, 2_000],
      [1, 1, 1_000],
    ]);
  });

  it('tells each assignment by itself', () => {
    expect(groupAttempts([attempt(2, assigned), attempt(1, assigned)])).toHaveLength(2);
  });
});

describe('nextStep', () => {
  it('offers what the operator can do, and nothing where only the device can', () => {
    const stepOf = (part: Partial<AttemptView>) => nextStep(attempt(1, part));
    const nobody = { enrollment: null };
    expect(stepOf({ ...nobody, code: 'enrollment.notFound' })).toEqual({ kind: 'enroll', registrationId: 'dev1' });
    expect(stepOf({ code: 'enrollment.disabled' })).toMatchObject({ text: 'Enable the enrolment' });
    expect(stepOf({})).toMatchObject({ kind: 'showEnrollment', text: 'Show the keys' });
    expect(stepOf(nobody)).toEqual({ kind: 'enroll', registrationId: 'dev1' });
    expect(stepOf({ ...nobody, code: 'credential.certificateUntrusted' })).toEqual({ kind: 'certificates' });
    expect(stepOf({ code: 'linkedHub.unreachable', outcome: 'failed' })).toEqual({ kind: 'hubs' });
    expect(stepOf({ ...nobody, code: 'provisioning.scopeUnknown' })).toEqual({ kind: 'setUp' });
    expect(stepOf({ ...nobody, code: 'credential.expired' })).toBeUndefined();
    expect(stepOf(assigned)).toEqual({ kind: 'showDevice', deviceId: 'dev1' });
    expect(stepOf({ ...assigned, isHere: false })).toBeUndefined();
  });
});

describe('withAttempts', () => {
  const data = { pages: [{ items: [attempt(2)], unlisted: 0 }], pageParams: [undefined] };
  const idsAfter = (attempts: AttemptView[], filter = {}) =>
    withAttempts(data, filter, { attempts })?.pages.flatMap(({ items }) => items.map(({ id }) => id));

  it('puts what is new at the head, each once, newest first', () => {
    expect(idsAfter([attempt(2), attempt(3), attempt(4)])).toEqual([4, 3, 2]);
  });

  it('takes only what the list is about, ids without regard to case', () => {
    expect(idsAfter([attempt(3), attempt(4, assigned)], { outcome: 'assigned' })).toEqual([4, 2]);
    expect(idsAfter([attempt(3, { registrationId: 'DEV1' })], { registrationId: 'dev1' })).toEqual([3, 2]);
    expect(
      idsAfter([attempt(3), attempt(4, { enrollment: null })], { kind: 'group', enrollmentId: 'Stations' }),
    ).toEqual([3, 2]);
  });

  it('lets the oldest go, and says where to read on', () => {
    const many = Array.from({ length: 600 }, (_, index) => attempt(index + 3));
    const page = withAttempts(data, {}, { attempts: many })?.pages[0];
    expect([page?.items.length, page?.items[0]?.id, page?.before]).toEqual([500, 602, 103]);
  });
});
