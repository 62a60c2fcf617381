import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  askForOperation,
  askToRegister,
  deriveDeviceKey,
  lowPorts,
  type RegisteringDevice,
  type RegistrationAnswer,
  type SpawnedServer,
  spawnTestServer,
} from '@viaduct/testkit';
import { ProvisioningServiceClient } from 'azure-iot-provisioning-service';
import { Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Devices that are being provisioned while their server is killed, and devices that are not alone with their registration id. */
const DEVICES = 200;
/** So many have been told that they are being assigned when the server dies. */
const ANSWERED_BEFORE_DEATH = 40;
const GROUP = 'fleet';

let dataDirectory: string;
let server: SpawnedServer;
let groupKey: string;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'viaduct-process-'));
  server = await spawnTestServer({ dataDirectory });
  groupKey = randomBytes(32).toString('base64');
  const symmetricKey = { primaryKey: groupKey, secondaryKey: randomBytes(32).toString('base64') };
  await service().createOrUpdateEnrollmentGroup({
    enrollmentGroupId: GROUP,
    attestation: { type: 'symmetricKey', symmetricKey },
    provisioningStatus: 'enabled',
  });
});
afterAll(async () => {
  await server.stop();
  await rm(dataDirectory, { recursive: true });
});

const service = () => ProvisioningServiceClient.fromConnectionString(server.ready.provisioning.serviceConnectionString);
const registry = () => Registry.fromConnectionString(server.ready.hubConnectionString);
const device = (registrationId: string): RegisteringDevice => ({
  registrationId,
  key: deriveDeviceKey(groupKey, registrationId),
});

/** Polls as SDKs do, until it is told something else than to come again. */
async function untilTold(who: RegisteringDevice, first: RegistrationAnswer): Promise<RegistrationAnswer> {
  let answer = first;
  while (answer.status === 202 || answer.json.status === 'assigning') {
    await pause((answer.retryAfterSeconds ?? 1) * 1_000);
    answer = await askForOperation(server.ready, who, answer.json.operationId);
  }
  return answer;
}

/** Registers all at once, and kills the server when so many have an answer. Undefined: it died before the answer. */
async function killedMeanwhile(
  fleet: readonly RegisteringDevice[],
): Promise<readonly (RegistrationAnswer | undefined)[]> {
  let answered = 0;
  let killed: Promise<unknown> | undefined;
  const answers = fleet.map(async (who) => {
    try {
      const answer = await askToRegister(server.ready, who);
      answered += 1;
      if (answered === ANSWERED_BEFORE_DEATH) killed = server.kill('SIGKILL');
      return answer;
    } catch {
      // The server died first: what a device then does is register again.
      return undefined;
    }
  });
  const all = await Promise.all(answers);
  await killed;
  return all;
}

describe.skipIf(!lowPorts)('a server that is killed between register and poll', () => {
  it('sends every device to its hub exactly once, whether or not it had heard of its operation', async () => {
    const fleet = Array.from({ length: DEVICES }, (_, i) => device(`kill-${String(i).padStart(3, '0')}`));
    const before = await killedMeanwhile(fleet);
    const inFlight = before.filter((answer) => answer?.status === 202).length;
    expect(inFlight).toBeGreaterThanOrEqual(ANSWERED_BEFORE_DEATH);
    expect(inFlight).toBeLessThan(DEVICES);

    server = await spawnTestServer({ dataDirectory, address: server.address });
    const answers = await Promise.all(
      fleet.map(async (who, i) => untilTold(who, before[i] ?? (await askToRegister(server.ready, who)))),
    );
    for (const [i, answer] of answers.entries()) {
      const { registrationId } = fleet[i] as RegisteringDevice;
      expect(answer.json, JSON.stringify(answer.json)).toMatchObject({
        status: 'assigned',
        registrationState: {
          registrationId,
          deviceId: registrationId,
          assignedHub: server.address,
          status: 'assigned',
        },
      });
      // Who had heard of an operation sees that one end. Who had not may have been assigned all the same, and comes a second time.
      const heard = before[i];
      if (heard === undefined) continue;
      expect(answer.json.operationId).toBe(heard.json.operationId);
      expect(answer.json.registrationState.substatus).toBe('initialAssignment');
    }

    const query = service().createEnrollmentGroupDeviceRegistrationStateQuery({ query: '*' }, GROUP, DEVICES * 2);
    // Whatever its type says: the client hands on the array that the service sent.
    const registrations = (await query.next()).responseBody as unknown as readonly { registrationId: string }[];
    expect(registrations.map(({ registrationId }) => registrationId).sort()).toEqual(
      fleet.map(({ registrationId }) => registrationId),
    );
    expect((await registry().getRegistryStatistics()).responseBody.totalDeviceCount).toBe(DEVICES);
    const reader = registry();
    const keys = fleet.map(async ({ registrationId }) => {
      const { authentication } = (await reader.get(registrationId)).responseBody;
      return authentication?.symmetricKey?.primaryKey;
    });
    expect(await Promise.all(keys)).toEqual(fleet.map(({ key }) => key));
  }, 60_000);
});

describe.skipIf(!lowPorts)('two devices with one registration id', () => {
  it('that come at the same moment end as one: one registration, one identity, one key', async () => {
    const who = device('twice');
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => untilTold(who, await askToRegister(server.ready, who))),
    );
    const places = answers.map(({ json: { status, registrationState } }) => [
      status,
      registrationState.deviceId,
      registrationState.assignedHub,
    ]);
    expect(new Set(places.map((place) => place.join(' ')))).toEqual(new Set([`assigned twice ${server.address}`]));
    const { registrationId, status } = (await service().getDeviceRegistrationState('twice')).responseBody;
    expect([registrationId, status]).toEqual(['twice', 'assigned']);
    const { authentication } = (await registry().get('twice')).responseBody;
    expect(authentication?.symmetricKey?.primaryKey).toBe(who.key);
  });
});
