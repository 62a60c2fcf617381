import { StillClock } from '@viaduct/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyBook } from '../../client/latency-book.ts';
import type { HubClient, LinkedHubRecord } from '../ports.ts';
import { decideMove, mustStay } from '../registration/decide-move.ts';
import { hashHub } from './hash-hub.ts';
import { nearestHub } from './nearest-hub.ts';

function hub(hostName: string, allocationWeight = 1): LinkedHubRecord {
  return {
    ...{ hostName, kind: 'remote', connectionString: null, caPem: null, allocationWeight, takesNewDevices: true },
    ...{ createdTime: 0, updatedTime: 0, etag: 'e' },
  };
}

const hubNames = fc.uniqueArray(fc.domain(), { minLength: 2, maxLength: 8 });
const ids = fc.stringMatching(/^[A-Za-z0-9]{1,40}$/);

describe('hashHub', () => {
  it('says the same however the hubs are ordered and the id is written', () => {
    fc.assert(
      fc.property(hubNames, ids, (names, id) => {
        const hubs = names.map((name) => hub(name));
        const chosen = hashHub(hubs, id);
        expect(hashHub([...hubs].reverse(), id.toUpperCase())).toEqual(chosen);
        expect(chosen).toBeDefined();
      }),
    );
  });

  it('moves only devices of the hub that goes, and to the hub that comes', () => {
    fc.assert(
      fc.property(hubNames, fc.array(ids, { minLength: 1, maxLength: 30 }), (names, devices) => {
        const all = names.map((name) => hub(name));
        const [gone, ...rest] = all;
        for (const id of devices) {
          const before = hashHub(all, id);
          if (before !== gone) expect(hashHub(rest, id)).toBe(before);
        }
      }),
    );
  });

  it('gives each hub devices by its weight', () => {
    const hubs = [hub('a', 1), hub('b', 3), hub('c', 6)];
    const counts = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const name = hashHub(hubs, `device-${i}`)?.hostName ?? '';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    // Six standard deviations of a fair draw: the ids are always the same, so this does not vary.
    for (const { hostName, allocationWeight } of hubs) {
      const share = allocationWeight / 10;
      const deviation = Math.sqrt(10_000 * share * (1 - share));
      expect(Math.abs((counts.get(hostName) ?? 0) - 10_000 * share)).toBeLessThan(6 * deviation);
    }
  });

  it('with more weight a hub loses nobody', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 999 }), (id, weight) => {
        const others = [hub('b', 500), hub('c', 7)];
        if (hashHub([hub('a', weight), ...others], id)?.hostName === 'a') {
          expect(hashHub([hub('a', weight + 1), ...others], id)?.hostName).toBe('a');
        }
      }),
    );
  });

  it('has nobody to choose among none', () => expect(hashHub([], 'dev1')).toBeUndefined());
});

describe('nearestHub', () => {
  const { signal } = new AbortController();
  const measured = (ms: Record<string, number | undefined>) => ({
    latencies: { latencyMs: async ({ hostName }: LinkedHubRecord) => ms[hostName] },
  });

  it('takes the nearest that answers', async () => {
    const p = measured({ a: 80, b: 20, c: undefined });
    expect((await nearestHub(p, [hub('a'), hub('b'), hub('c')], 'dev1', signal))?.hostName).toBe('b');
    expect(await nearestHub(measured({}), [hub('a')], 'dev1', signal)).toBeUndefined();
  });

  it('shares devices between those that are as near as each other', async () => {
    const p = measured({ a: 20, b: 23, c: 90 });
    const chosen = await Promise.all(
      Array.from({ length: 50 }, (_, i) => nearestHub(p, [hub('a'), hub('b'), hub('c')], `dev${i}`, signal)),
    );
    expect(new Set(chosen.map((one) => one?.hostName))).toEqual(new Set(['a', 'b']));
  });
});

describe('LatencyBook', () => {
  it('measures a hub once for all who ask, and again after a minute or when its link was changed', async () => {
    const clock = new StillClock();
    let measured = 0;
    const hubClient = () =>
      ({
        measureLatency: async () => {
          if (++measured === 3) throw new TypeError('away');
          return measured;
        },
      }) as unknown as HubClient;
    const book = new LatencyBook({ clock, hubClient });
    const a = hub('a');
    expect(await Promise.all([book.latencyMs(a), book.latencyMs(a)])).toEqual([1, 1]);
    clock.advance(59_999);
    expect(await book.latencyMs(a)).toBe(1);
    expect(await book.latencyMs({ ...a, etag: 'other' })).toBe(2);
    clock.advance(60_000);
    expect(await book.latencyMs(a)).toBeUndefined();
    expect(measured).toBe(3);
  });
});

describe('reprovisioning', () => {
  const policies = fc.record({ updateHubAssignment: fc.boolean(), migrateDeviceData: fc.boolean() });
  const places = fc.record({ hubName: fc.constantFrom('a', 'b'), deviceId: fc.constantFrom('d', 'e') });

  it('lets a device stay exactly where its hub is linked and nobody asks to look again', () => {
    fc.assert(
      fc.property(policies, fc.boolean(), fc.boolean(), (policy, isHubLinked, isReevaluated) => {
        const stays = mustStay({ policy, isHubLinked, isReevaluated });
        if (!isHubLinked) expect(stays).toBe(false);
        else expect(stays).toBe(!policy.updateHubAssignment || !isReevaluated);
      }),
    );
  });

  it('moves a twin only from a hub that can be asked, and only where the enrolment says so', () => {
    fc.assert(
      fc.property(policies, fc.option(places), places, fc.boolean(), (policy, current, target, isCurrentLinked) => {
        const move = decideMove({ current, target, policy, isCurrentLinked });
        const isSame = current?.hubName === target.hubName && current.deviceId === target.deviceId;
        if (current === null) expect(move).toBe('initial');
        else if (isSame) expect(move).toBe('stay');
        else expect(move).toBe(policy.migrateDeviceData && isCurrentLinked ? 'migrate' : 'reset');
      }),
    );
  });
});
