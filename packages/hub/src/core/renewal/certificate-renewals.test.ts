import { randomBytes } from 'node:crypto';
import { HubError, LIMITS } from '@viaduct/contracts';
import { StillClock } from '@viaduct/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { CertificateRenewals, type Renewal } from './certificate-renewals.ts';

const HOUR_MS = 3_600_000;
const pump = { deviceId: 'pump', generationId: '1' };
const request = { requestId: 'ab-1', csr: 'AAAA' };
let clock: StillClock;
let renewals: CertificateRenewals;
/** Ends the signing that was begun last. */
let end: (answer: readonly string[] | Error) => Promise<void>;
let heard: Renewal[];
let faults: unknown[];

beforeEach(() => {
  faults = [];
  clock = new StillClock();
  renewals = new CertificateRenewals({ clock, random: { bytes: (count) => randomBytes(count) } }, (fault) =>
    faults.push(fault),
  );
  heard = [];
  renewals.offer(() => {
    const signing = new Promise<readonly string[]>((resolve, reject) => {
      end = async (answer) => {
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
        await signing.catch(() => undefined);
        await new Promise(setImmediate);
      };
    });
    return signing;
  });
});

const listen = () => renewals.listen(pump, (renewal) => heard.push(renewal));
const begin = (more: Partial<Parameters<CertificateRenewals['begin']>[1]> = {}) =>
  renewals.begin(pump, { ...request, ...more });
const refusal = (code: string) => expect.objectContaining({ code });

describe('CertificateRenewals', () => {
  it('tells who listens what came of a request', async () => {
    listen();
    const { correlationId } = begin();
    await end(['leaf', 'issuer']);
    expect(heard).toMatchObject([
      { correlationId, requestId: 'ab-1', outcome: { kind: 'issued', certificates: ['leaf', 'issuer'] } },
    ]);
    begin({ requestId: 'ab-2' });
    await end(new HubError('csr.invalid', 'no'));
    expect(heard[1]).toMatchObject({
      requestId: 'ab-2',
      outcome: { kind: 'refused', refusal: { code: 'csr.invalid' } },
    });
  });

  it('tells the device no more of a fault of ours than that there was one', async () => {
    listen();
    begin();
    const fault = new TypeError('a bug');
    await end(fault);
    expect(heard).toMatchObject([{ outcome: { refusal: { code: 'server.fault' } } }]);
    expect(faults).toEqual([fault]);
  });

  it('keeps the answer until the device listens and has it, and not for a namesake that was made later', async () => {
    begin();
    await end(['leaf']);
    renewals.listen({ ...pump, generationId: '2' }, (renewal) => heard.push(renewal));
    expect(heard).toEqual([]);
    const stop = listen();
    stop();
    listen();
    expect(heard).toHaveLength(2);
    renewals.delivered(heard[0] as Renewal);
    listen();
    expect(heard).toHaveLength(2);
  });

  it('forgets an answer that nobody came for', async () => {
    begin();
    await end(['leaf']);
    clock.advance(LIMITS.RENEWAL_HOURS_MAX * HOUR_MS);
    listen();
    expect(heard).toEqual([]);
  });

  it('has one request of a device at a time, unless it replaces the one before', async () => {
    listen();
    begin();
    const endFirst = end;
    expect(() => begin({ requestId: 'ab-2' })).toThrow(refusal('renewal.underWay'));
    expect(() => begin({ requestId: 'ab-2', replace: 'ab-9' })).toThrow(refusal('renewal.notFound'));
    begin({ requestId: 'ab-2', replace: 'ab-1' });
    begin({ requestId: 'ab-3', replace: '*' });
    // One at a time is signed, and what was replaced before its turn never is.
    expect(end).toBe(endFirst);
    await endFirst(['first']);
    expect(end).not.toBe(endFirst);
    expect(heard).toEqual([]);
    await end(['third']);
    expect(heard).toMatchObject([{ requestId: 'ab-3', outcome: { certificates: ['third'] } }]);
    expect(() => begin({ requestId: 'ab-4', replace: 'ab-1' })).toThrow(refusal('renewal.notFound'));
  });

  it('bounds what is signed at a time and what waits', async () => {
    const device = (n: number) => ({ deviceId: `d${n}`, generationId: '1' });
    const ends: (typeof end)[] = [];
    for (let n = 0; n < LIMITS.RENEWALS_ACTIVE_MAX; n++) {
      renewals.begin(device(n), request);
      ends.push(end);
    }
    expect(() => begin()).toThrow(refusal('renewal.limitReached'));
    await Promise.all(ends.map((one) => one(['leaf'])));
    renewals.offer(async () => ['leaf']);
    for (let n = LIMITS.RENEWALS_ACTIVE_MAX; n < LIMITS.RENEWALS_WAITING_MAX + 1; n++) {
      renewals.begin(device(n), request);
      if (n % 100 === 0) await new Promise(setImmediate);
    }
    expect(renewals.find(device(0))).toBeUndefined();
    expect(renewals.find(device(1))).toBeDefined();
  });
});
