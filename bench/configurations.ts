/**
 * How long a configuration takes to come to a fleet, and whether anybody else notices: no sockets, a real store and a real log.
 *
 *     npx tsx --conditions=source bench/configurations.ts [devices, 100000]
 *
 * Prints, for each phase, its time, devices a second and the delay of the event loop while it ran: a request of somebody else would
 * have waited that long.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { argv, stdout } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigurationEngine } from '../packages/hub/src/core/configuration/configuration-engine.ts';
import {
  createConfiguration,
  removeConfiguration,
  updateConfiguration,
} from '../packages/hub/src/core/configuration/put-configuration.ts';
import { createDevice } from '../packages/hub/src/core/registry/create-device.ts';
import { patchTwin } from '../packages/hub/src/core/twin/patch-twin.ts';
import { temporaryHub } from '../packages/hub/src/temporary-hub.ts';

const DEVICES = Number(argv[2] ?? 100_000);
const AT_ONCE = 64;
const RESOLUTION_MS = 5;

const still = await temporaryHub();
// A clock that goes, for the rate and the rounds.
const hub = { ...still, clock: { now: () => Date.now() } };

await phase('made (without an engine)', async () => {
  for (let at = 0; at < DEVICES; at += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, DEVICES - at) }, (_, i) => `device-${at + i}`);
    await Promise.all(ids.map((deviceId) => createDevice(hub, { deviceId })));
  }
});
const engine = new ConfigurationEngine(hub);
const content = { deviceContent: { 'properties.desired.interval': 60, 'properties.desired.heater': { on: true } } };
await phase('configured', async () => {
  await createConfiguration(hub, 'c1', { content, targetCondition: '*', priority: 1 });
  await settled();
});
await phase('looked at again, nothing to do', async () => {
  await updateConfiguration(hub, 'c1', { priority: 2 });
  await settled();
});
await phase('asked a condition, half of them leave', async () => {
  await updateConfiguration(hub, 'c1', { targetCondition: "ENDS_WITH(deviceId, '1') OR deviceId > 'device-5'" });
  await settled();
});
await phase(
  'tags changed, while the engine follows',
  async () => {
    const seen = hub.configurationWork.lookedAt;
    for (let at = 0; at < DEVICES / 10; at += AT_ONCE) {
      const ids = Array.from({ length: AT_ONCE }, (_, i) => ({ deviceId: `device-${at + i}` }));
      await Promise.all(ids.map((identity) => patchTwin(hub, identity, { tags: { at } })));
    }
    while (hub.configurationWork.lookedAt < seen + DEVICES / 10) await wait(10);
  },
  DEVICES / 10,
);
await phase('removed', async () => {
  await removeConfiguration(hub, 'c1');
  await settled();
});
await engine.close();
await still.close();

async function settled(): Promise<void> {
  while ((await hub.configurations.list()).some(({ revision, settledRevision }) => revision !== settledRevision)) {
    await wait(10);
  }
}

async function phase(what: string, work: () => Promise<void>, devices = DEVICES): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  delay.disable();
  const [p99, max] = [delay.percentile(99), delay.max].map((ns) => (ns / 1e6 - RESOLUTION_MS).toFixed(1));
  const rate = Math.round(devices / seconds);
  stdout.write(`${what}: ${seconds.toFixed(1)} s, ${rate} devices/s, event loop p99 ${p99} ms, max ${max} ms\n`);
}
