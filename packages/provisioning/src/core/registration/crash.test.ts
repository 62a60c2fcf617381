import { createDevice, getTwin } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changeEnrollment,
  enroll,
  HUB_A,
  HUB_B,
  keyCaller,
  linkOther,
  settled,
  type TemporaryProvisioning,
  temporaryProvisioning,
} from '../../temporary-provisioning.ts';
import type { HubClient, RegistrationRecord, RegistrationStore } from '../ports.ts';
import { registerDevice } from './register-device.ts';

let p: TemporaryProvisioning;

beforeEach(async () => {
  p = await temporaryProvisioning();
});
afterEach(() => p.close());

/** The process is gone: nothing that it still wanted to do happens. */
class Crash extends Error {}

/**
 * Counts the steps that change something outside the process, and crashes before or after the one of that number: then what the
 * process does afterwards has no effect. `reached`: whether it came so far.
 */
class CrashPoint {
  readonly #step: number;
  readonly #when: 'before' | 'after';
  #steps = 0;
  reached = false;

  constructor(step: number, when: 'before' | 'after') {
    this.#step = step;
    this.#when = when;
  }

  async pass<T>(act: () => Promise<T>): Promise<T> {
    if (this.reached) throw new Crash();
    const isHere = ++this.#steps === this.#step;
    if (isHere && this.#when === 'before') return this.#crash();
    const value = await act();
    return isHere ? this.#crash() : value;
  }

  #crash(): never {
    this.reached = true;
    throw new Crash();
  }
}

/** Lets a process run into the point with what it does at hubs and to the store of registrations. Returns how to mend that. */
function arm(point: CrashPoint): () => void {
  const { hubClient, registrations } = p;
  p.hubClient = (hub) => {
    const real = hubClient(hub);
    const client: HubClient = {
      find: (...args) => point.pass(() => real.find(...args)),
      createOrRefresh: (...args) => point.pass(() => real.createOrRefresh(...args)),
      remove: (...args) => point.pass(() => real.remove(...args)),
      setStatus: (...args) => point.pass(() => real.setStatus(...args)),
      measureLatency: (...args) => real.measureLatency(...args),
    };
    return client;
  };
  p.registrations = Object.assign(Object.create(registrations) as RegistrationStore, {
    find: registrations.find.bind(registrations),
    listAt: registrations.listAt.bind(registrations),
    listPending: registrations.listPending.bind(registrations),
    save: (...args: Parameters<RegistrationStore['save']>) => point.pass(() => registrations.save(...args)),
  });
  return () => Object.assign(p, { hubClient, registrations });
}

/** Registers with a process that crashes there, starts the next one and waits for the outcome. False once the point lies beyond the end. */
async function crashAndResume(point: CrashPoint): Promise<RegistrationRecord | undefined> {
  await registerDevice(p, await keyCaller(p, 'dev1'), {});
  const mend = arm(point);
  const crashing = await p.restartWorker();
  while (crashing.stats.active + crashing.stats.waiting > 0) await new Promise(setImmediate);
  await crashing.close();
  mend();
  if (!point.reached) return undefined;
  await p.restartWorker();
  return settled(p, 'dev1');
}

async function hubsOf(deviceId: string): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(p.hubs).map(async ([name, hub]) => ((await hub.registry.find({ deviceId })) ? [name] : [])),
  );
  return found.flat();
}

const STEPS_MAX = 12;
const points = Array.from({ length: STEPS_MAX }, (_, i) => i + 1).flatMap((step) => [
  { step, when: 'before' as const },
  { step, when: 'after' as const },
]);

describe('a process that ends at any step of an assignment', () => {
  it('leaves a new device assigned exactly once, with its initial twin', async () => {
    await enroll(p);
    let crashes = 0;
    for (const { step, when } of points) {
      await p.worker.close();
      const record = await crashAndResume(new CrashPoint(step, when));
      if (record === undefined) break;
      crashes++;
      expect(record, `${when} step ${step}`).toMatchObject({
        ...{ status: 'assigned', substatus: 'initialAssignment', hubName: HUB_A, touched: [], pending: null },
      });
      expect((await getTwin(p.hubs[HUB_A]!, { deviceId: 'dev1' })).tags).toEqual({ plant: 'Ulm' });
      await p.registrations.remove('dev1', undefined);
      await p.hubs[HUB_A]?.registry.remove({ deviceId: 'dev1' }, undefined);
    }
    // Noting the place, making the device, saving: before and after each.
    expect(crashes).toBe(6);
  });

  it('moves a device with its twin, and never is it at no hub, nor in the end at two', async () => {
    await linkOther(p);
    const enrollment = await enroll(p, { allocationPolicy: 'static', iotHubs: [HUB_A] });
    let crashes = 0;
    for (const { step, when } of points) {
      await p.worker.close();
      const before = await changeEnrollment(p, (await p.enrollments.find('group', enrollment.id))!, {
        iotHubs: [HUB_B],
      });
      await placeAt(HUB_A);
      const record = await crashAndResume(new CrashPoint(step, when));
      if (record === undefined) break;
      crashes++;
      expect(record, `${when} step ${step}`).toMatchObject({
        ...{ status: 'assigned', substatus: 'deviceDataMigrated', hubName: HUB_B, touched: [] },
      });
      expect(await hubsOf('dev1')).toEqual([HUB_B]);
      expect((await getTwin(p.hubs[HUB_B]!, { deviceId: 'dev1' })).tags).toEqual({ plant: 'Bonn' });
      await changeEnrollment(p, before, { iotHubs: [HUB_A] });
    }
    // Noting the place, reading the twin, making the device, removing the old one, saving.
    expect(crashes).toBe(10);
  });

  it('keeps the device at one hub when the next process chooses another one', async () => {
    await linkOther(p);
    const customAllocation = { webhookUrl: 'https://hook.example.net/', apiVersion: '2019-03-31' };
    await enroll(p, { allocationPolicy: 'custom', customAllocation });
    for (const { step, when } of points) {
      await p.worker.close();
      let choice = HUB_B;
      p.allocationWebhook = {
        async ask() {
          const iotHubHostName = choice;
          choice = HUB_A;
          return { iotHubHostName };
        },
      };
      const record = await crashAndResume(new CrashPoint(step, when));
      if (record === undefined) break;
      expect(record.status).toBe('assigned');
      expect(await hubsOf('dev1'), `${when} step ${step}`).toEqual([record.hubName]);
      await p.registrations.remove('dev1', undefined);
      for (const hub of Object.values(p.hubs)) await hub.registry.remove({ deviceId: 'dev1' }, undefined);
    }
  });
});

/** As if the device had been assigned there in peace. */
async function placeAt(hubName: string): Promise<void> {
  for (const hub of Object.values(p.hubs)) await hub.registry.remove({ deviceId: 'dev1' }, undefined);
  await createDevice(p.hubs[hubName]!, { deviceId: 'dev1' }, {}, { tags: { plant: 'Bonn' } });
  const before = await p.registrations.find('dev1');
  const assigned: RegistrationRecord = {
    ...{ registrationId: 'dev1', enrollmentKind: 'group', enrollmentId: 'line-4', status: 'assigned' },
    ...{ substatus: 'initialAssignment', operationId: 'none', pending: null, hubName, assignedHub: hubName },
    ...{ deviceId: 'dev1', touched: [], refusal: null, certificate: null, signer: null, issuedCertificateChain: null },
    ...{ tpmAuthenticationKey: null, createdTime: 0, updatedTime: 0, etag: `${before?.etag ?? ''}x` },
  };
  await p.registrations.save(assigned, before?.etag);
}
