import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deriveDeviceKey, makeTestCa, type SpawnedServer, spawnTestServer, TEST_CA_DIRECTORY } from '@viaduct/testkit';
import provisioningService from 'azure-iot-provisioning-service';
import iothub from 'azure-iothub';
import { cpuSeconds } from './process-tree.ts';
import { LIGHT_CLIENTS, type Provision, type Provisioned } from './provision-clients.ts';
import { SDK_CLIENTS } from './provision-sdk.ts';

/**
 * How long a fleet takes that is switched on at one moment, and what that costs the server.
 *
 *     npm run bench:provisioning                                1,000 light devices a protocol, 200 of the official SDK
 *     npm run bench:provisioning -- --devices 50 --sdk 10       does it run at all?
 *
 * The server is the built program in a process and a folder of its own; the devices share this process, and with it the machine. Prints Markdown.
 */
const { values } = parseArgs({
  options: { devices: { type: 'string', default: '1000' }, sdk: { type: 'string', default: '200' } },
});
const GROUP = 'fleet';

// rhea names an address as TLS server name; that Node will ignore it one day is not what is measured.
process.noDeprecation = true;

async function main(): Promise<void> {
  const groupKey = randomBytes(32).toString('base64');
  print(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Node ${process.version}\n`);
  print(
    '| devices, all at once | until all are assigned, s | a device, ms p50 | ms p99 | from its request, ms p50 | ms p99 | server CPU, s | CPU of the devices, s |',
  );
  print('|---|---:|---:|---:|---:|---:|---:|---:|');
  for (const [protocol, provision] of Object.entries(LIGHT_CLIENTS)) {
    await measure(`${values.devices} light, ${protocol}`, Number(values.devices), groupKey, provision);
  }
  for (const [protocol, provision] of Object.entries(SDK_CLIENTS)) {
    await measure(`${values.sdk} of the SDK, ${protocol}`, Number(values.sdk), groupKey, provision);
  }
}

/** A new server for each: nobody inherits what another left behind. */
async function measure(what: string, count: number, groupKey: string, provision: Provision): Promise<void> {
  const server = await spawnTestServer();
  try {
    await addGroup(server, groupKey);
    const fleet = Array.from({ length: count }, (_, i) => `device-${String(i).padStart(5, '0')}`);
    const [before, own] = [cpuSeconds(server.pid), process.cpuUsage()];
    const startedMs = performance.now();
    const all = await Promise.allSettled(
      fleet.map((registrationId) =>
        provision(server.ready, { registrationId, key: deriveDeviceKey(groupKey, registrationId) }),
      ),
    );
    const seconds = (performance.now() - startedMs) / 1_000;
    const cpu = cpuSeconds(server.pid) - before;
    const { user, system } = process.cpuUsage(own);
    const done = all.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
    const failed = all.filter((one) => one.status === 'rejected').map(({ reason }) => String(reason));
    print(
      `| ${what} | ${seconds.toFixed(2)} | ${spread(done, 'startedMs')} | ${spread(done, 'askedMs')} | ${cpu.toFixed(2)} | ${((user + system) / 1e6).toFixed(2)} |`,
    );
    if (failed.length > 0) print(`\n${failed.length} failed: ${[...new Set(failed)].slice(0, 3).join('; ')}\n`);
    const { totalDeviceCount } = (await registryOf(server).getRegistryStatistics()).responseBody;
    if (totalDeviceCount !== count) print(`\nThe registry has ${totalDeviceCount} devices, not ${count}.\n`);
  } finally {
    await server.stop();
  }
}

async function addGroup({ ready }: SpawnedServer, primaryKey: string): Promise<void> {
  const service = provisioningService.ProvisioningServiceClient.fromConnectionString(
    ready.provisioning.serviceConnectionString,
  );
  const symmetricKey = { primaryKey, secondaryKey: primaryKey };
  await service.createOrUpdateEnrollmentGroup({
    enrollmentGroupId: GROUP,
    attestation: { type: 'symmetricKey', symmetricKey },
    provisioningStatus: 'enabled',
  });
}

function registryOf({ ready }: SpawnedServer) {
  return iothub.Registry.fromConnectionString(ready.hubConnectionString);
}

/** p50 and p99, ms. */
function spread(done: readonly Provisioned[], since: 'startedMs' | 'askedMs'): string {
  const times = done.map((one) => one.assignedMs - one[since]).sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return `${at(0.5).toFixed(0)} | ${at(0.99).toFixed(0)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Once more: the SDKs trust what Node was told at its start, and a shell alone can raise the limit of open files. */
async function again(): Promise<number> {
  const removeCa = await makeTestCa();
  const words = ['--import', 'tsx', fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const shell = 'ulimit -n "$(ulimit -H -n)"; exec "$0" "$@"';
  const { status } = spawnSync('sh', ['-c', shell, process.execPath, ...words], { stdio: 'inherit' });
  await removeCa();
  return status ?? 1;
}

if (process.env[TEST_CA_DIRECTORY] === undefined) process.exitCode = await again();
else await main();
