import { HubError } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, type ServerWork, withServer } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { inParallel } from '../in-parallel.ts';
import type { Output } from '../output.ts';
import { readNumber } from '../read-json.ts';
import { addDevice, connectionStringOf, type DeviceIdentity, getDevice, removeDevice } from '../registry.ts';
import { readCa } from '../rest-client.ts';
import { resolveProvisioning } from '../server-address.ts';
import type { Connect, DeviceCredential } from '../simulate/device-connection.ts';
import { Fleet } from '../simulate/fleet.ts';

interface Options extends CommonOptions {
  readonly devices: string;
  readonly rate: string;
  readonly duration?: string;
  readonly prefix: string;
  readonly provisionGroup?: string;
  readonly cleanup?: boolean;
}

/** Up to this many go through the official SDK; more through a light client, or this process would be the bottleneck. */
const SDK_DEVICES_MAX = 50;
const REGISTERING_MAX = 8;
const PROGRESS_MS = 1_000;
/** Where nobody watches, a line now and then suffices. */
const PROGRESS_QUIET_MS = 10_000;

export function simulate(context: CliContext): Command {
  return withServer(new Command('simulate'))
    .description('connect simulated devices that send sensor readings, until Ctrl-C')
    .option('--devices <n>', 'how many; they are registered as sim-0001 … where they are missing', '1')
    .option('--rate <r>', 'messages per second of each device', '1')
    .option('--duration <seconds>', 'end after this time')
    .option('--prefix <text>', 'beginning of their ids', 'sim-')
    .option('--provision-group <id>', 'they find their hub by provisioning first, with keys of this group')
    .option('--cleanup', 'remove the devices at the end')
    .action((options: Options) => {
      const plan = readPlan(options);
      return onServer(context, options, async (server) => {
        const credentials = await (options.provisionGroup === undefined
          ? register(server, plan)
          : provision(context, server, options, plan));
        const stop = stopAfter(context.stop, plan.durationSeconds);
        try {
          await run(context, server, plan, credentials, stop);
        } finally {
          if (options.cleanup === true) await removeAll(server, credentials);
        }
      });
    });
}

interface Plan {
  readonly deviceIds: readonly string[];
  readonly ratePerSecond: number;
  readonly durationSeconds: number | undefined;
}

function readPlan({ devices, rate, duration, prefix }: Options): Plan {
  const count = readNumber('--devices', devices, { min: 1, max: 20_000, whole: true });
  return {
    deviceIds: Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(4, '0')}`),
    ratePerSecond: readNumber('--rate', rate, { min: 0.001, max: 1_000, whole: false }),
    durationSeconds:
      duration === undefined ? undefined : readNumber('--duration', duration, { min: 1, max: 2_000_000, whole: false }),
  };
}

function stopAfter(stop: AbortSignal, seconds: number | undefined): () => AbortSignal {
  return () => (seconds === undefined ? stop : AbortSignal.any([stop, AbortSignal.timeout(seconds * 1000)]));
}

async function register({ address, rest, output }: ServerWork, { deviceIds }: Plan): Promise<DeviceCredential[]> {
  const credentials: DeviceCredential[] = [];
  const work = inParallel(deviceIds, REGISTERING_MAX, async (deviceId, index) => {
    const device = await findOrAdd(rest, deviceId);
    const key = device.authentication?.symmetricKey?.primaryKey ?? '';
    credentials[index] = { deviceId, key, connectionString: connectionStringOf(address, device) };
  });
  await output.waiting(`registering ${deviceIds.length} devices`, work);
  return credentials;
}

async function provision(
  { env }: CliContext,
  { output }: ServerWork,
  { provisionGroup = '', ...options }: Options,
  { deviceIds }: Plan,
): Promise<DeviceCredential[]> {
  const { provisionFleet } = await import('../simulate/provision-fleet.ts');
  const work = provisionFleet(await resolveProvisioning(options, env), provisionGroup, deviceIds);
  return output.waiting(`provisioning ${deviceIds.length} devices`, work);
}

async function findOrAdd(rest: ServerWork['rest'], deviceId: string): Promise<DeviceIdentity> {
  try {
    return await addDevice(rest, { deviceId, status: 'enabled' });
  } catch (error) {
    if (error instanceof HubError && error.code === 'device.exists') return getDevice(rest, deviceId);
    throw error;
  }
}

async function run(
  context: CliContext,
  { address, output }: ServerWork,
  { ratePerSecond }: Plan,
  credentials: readonly DeviceCredential[],
  stopFrom: () => AbortSignal,
): Promise<void> {
  const connect: Connect =
    credentials.length <= SDK_DEVICES_MAX
      ? (await import('../simulate/connect-by-sdk.ts')).connectBySdk
      : (await import('../simulate/connect-lightly.ts')).connectLightly;
  const ca = address.caFile === undefined ? undefined : await readCa(address.caFile);
  const fleet = new Fleet({ address, credentials, connect, ca, ratePerSecond });
  try {
    await output.waiting(`connecting ${credentials.length} devices`, fleet.connect(context.stop));
    // The time counts from here: connecting thousands takes its own.
    const startedAt = performance.now();
    const stopTelling = tellProgress(context, output, fleet, startedAt);
    await fleet.run(stopFrom());
    stopTelling();
    await fleet.close();
    summarize(context, output, fleet, (performance.now() - startedAt) / 1000);
  } finally {
    await fleet.close();
  }
}

function tellProgress(context: CliContext, output: Output, fleet: Fleet, startedAt: number): () => void {
  let before = fleet.statistics.acknowledged;
  let beforeMs = startedAt;
  const tell = () => {
    const { connected, acknowledged, failed, skipped } = fleet.statistics;
    const nowMs = performance.now();
    const perSecond = ((acknowledged - before) * 1000) / (nowMs - beforeMs);
    [before, beforeMs] = [acknowledged, nowMs];
    const trouble = failed + skipped === 0 ? '' : `, ${failed} failed, ${skipped} skipped`;
    const text = `${connected} connected, ${acknowledged} acknowledged, ${perSecond.toFixed(1)}/s${trouble}`;
    output.progress(text);
  };
  const timer = setInterval(tell, context.streams.errIsTerminal ? PROGRESS_MS : PROGRESS_QUIET_MS);
  return () => clearInterval(timer);
}

function summarize(context: CliContext, output: Output, fleet: Fleet, seconds: number): void {
  const { sent, acknowledged, failed, skipped } = fleet.statistics;
  const perSecond = Number((acknowledged / seconds).toFixed(1));
  // Messages that nobody acknowledged are the one thing a simulation must not pass over.
  if (acknowledged < sent) context.setExitCode(ExitCode.refused);
  const reason = fleet.lastError?.message ?? null;
  output.answer({ sent, acknowledged, failed, skipped, seconds: Number(seconds.toFixed(1)), perSecond, reason }, () => {
    const trouble =
      acknowledged < sent ? `; ${sent - acknowledged} not acknowledged${reason === null ? '' : `: ${reason}`}` : '';
    return `${acknowledged} messages acknowledged in ${seconds.toFixed(1)} s, ${perSecond}/s${trouble}`;
  });
}

async function removeAll({ rest, output }: ServerWork, credentials: readonly DeviceCredential[]): Promise<void> {
  const work = inParallel(credentials, REGISTERING_MAX, ({ deviceId }) => removeDevice(rest, deviceId));
  await output.waiting(`removing ${credentials.length} devices`, work);
}
