import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import {
  AuthorityBook,
  CertificateRenewals,
  type Clock,
  CommandSweeper,
  ConfigurationEngine,
  ConfigurationWork,
  ConnectionHistory,
  ConsumerDirectory,
  ConsumerGroups,
  endpointAdapters,
  FaultInjection,
  FolderBlobStore,
  type Hub,
  type HubStore,
  JobSweeper,
  type LimitsJobs,
  openRemoteContainer,
  openRouting,
  openSqliteStore,
  PresenceWriter,
  type Randomness,
  RefusalBook,
  ROUTING_LIMITS,
  SessionDirectory,
  THROTTLE_PROFILES,
  UploadSweeper,
} from '@viaduct/hub';
import { type FileEventLog, type LogEvent, openFileLog } from '@viaduct/log';
import type { Logger } from 'pino';
import type { ServerConfig } from './config.ts';
import type { HostNames } from './host-names.ts';
import { openThrottle } from './open-throttle.ts';
import { defaultPolicies } from './policies.ts';
import { openSecretKey } from './secret-key.ts';

/** The hub with its stores filled and its writers running: everything that keeps data, and nothing that listens. */
export interface OpenHub {
  readonly hub: Hub;
  readonly log: FileEventLog;
  readonly encryptionKey: Buffer;
  /** Writes what waits, then lets go of the files. After the gateways: they still have things to say. */
  close(): Promise<void>;
}

/** The real ones; the only place in the server that asks the machine for time and chance. */
export const REAL_CLOCK: Clock = { now: () => Date.now() };
export const REAL_RANDOM: Randomness = { bytes: (count) => randomBytes(count) };

/** @throws HubError log.inUse when another server has the data folder; StartFault for a broken secret key */
export async function openHub(config: ServerConfig, names: HostNames, logger: Logger): Promise<OpenHub> {
  const log = await openLog(config, logger);
  try {
    const encryptionKey = await openSecretKey(config.dataDirectory, config.encryptionKey, REAL_RANDOM);
    const file = join(config.dataDirectory, 'hub.sqlite');
    const store = await openSqliteStore({ file, encryptionKey });
    await store.policies.insertMissing(defaultPolicies(REAL_RANDOM));
    return assemble(config, names, logger, { log, store, encryptionKey });
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function openLog(config: ServerConfig, logger: Logger): Promise<FileEventLog> {
  const directory = join(config.dataDirectory, 'log');
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  return await openFileLog({
    directory,
    // What devices said, and what happened to them (ADR 0004).
    partitionCount: 2 * config.partitions,
    clock: REAL_CLOCK,
    retentionSeconds: config.retentionHours * 3_600,
    retentionBytes: config.retentionBytes,
    segmentBytes: config.segmentBytes,
    onEvent: (event) => tell(logger, event),
  });
}

interface Kept {
  readonly log: FileEventLog;
  readonly store: HubStore;
  readonly encryptionKey: Buffer;
}

async function assemble(
  config: ServerConfig,
  names: HostNames,
  logger: Logger,
  { log, store, encryptionKey }: Kept,
): Promise<OpenHub> {
  const onFault = (error: unknown) => logger.error({ err: error }, 'fault in a background writer');
  const refusals = new RefusalBook(store.refusals, REAL_CLOCK, { onFault });
  const sessions = new SessionDirectory();
  const connections = new ConnectionHistory(store.connections, sessions, { onFault });
  const { registry, policies, twins, commands, subscriptions, certificates, uploads, blobKey } = store;
  const { queries, accessTokens, jobs, configurations, configurationStates } = store;
  const blobs = await FolderBlobStore.open({
    table: store.blobTable,
    directory: join(config.dataDirectory, 'blobs'),
    clock: REAL_CLOCK,
    blobBytesMax: config.fileBytesMax,
    onFault,
  });
  const { throttle, quota } = await openThrottle(config, { clock: REAL_CLOCK }, store.quota, { onFault });
  const basis = {
    ...{ log, twins, clock: REAL_CLOCK, random: REAL_RANDOM, hostNames: names.all, eventPartitions: config.partitions },
  };
  const { close: closeRouting, ...routing } = await openRouting(basis, {
    store: store.routing,
    adapters: endpointAdapters({ ...basis, blobs }, config.profile),
    limits: ROUTING_LIMITS[config.profile],
    onFault,
  });
  const hub: Hub = {
    ...basis,
    ...routing,
    ...{ registry, policies, commands, subscriptions, certificates, refusals },
    ...{ uploads, blobs, blobKey, queries, accessTokens, jobs, configurations, configurationStates },
    configurationsMax: THROTTLE_PROFILES[config.profile].configurations,
    jobLimits: jobLimits(config),
    openRemoteContainer: (uri) =>
      openRemoteContainer(uri, (host) => logger.info({ host }, 'a job asks a storage service')),
    authorities: new AuthorityBook(certificates),
    consumerGroups: await ConsumerGroups.open({ clock: REAL_CLOCK }, store.consumerGroupTable),
    consumers: new ConsumerDirectory(),
    sessions,
    connections,
    configurationWork: new ConfigurationWork(),
    throttle,
    certificateRenewals: new CertificateRenewals({ clock: REAL_CLOCK, random: REAL_RANDOM }, onFault),
    faultInjection: config.faultInjection ? new FaultInjection({ clock: REAL_CLOCK, refusals }) : null,
  };
  const presence = await PresenceWriter.open(hub, { onFault });
  const writers = [
    // First: what is delivered now is delivered to what is closed after it.
    { close: closeRouting },
    new ConfigurationEngine(hub, { onFault }),
    presence,
    connections,
    new CommandSweeper(hub, { onFault }),
    new UploadSweeper(hub, { onFault }),
    new JobSweeper(hub, { onFault }),
    blobs,
    refusals,
    ...(quota === null ? [] : [quota]),
  ];
  const close = async () => {
    for (const writer of writers) await writer.close();
    await log.close();
    await store.close();
  };
  return { hub, log, encryptionKey, close };
}

/** Azure runs one job at a time in the smallest tier, on ten devices a second. */
function jobLimits({ profile, jobsActiveMax, jobDevicesPerSecond }: ServerConfig): LimitsJobs['jobLimits'] {
  const isStrict = profile === 'strict';
  return {
    activeMax: jobsActiveMax ?? (isStrict ? 1 : LIMITS.JOBS_ACTIVE_MAX),
    devicesPerSecond: jobDevicesPerSecond ?? (isStrict ? 10 : null),
  };
}

const EVENT_LINES: Record<LogEvent['kind'], readonly ['error' | 'warn' | 'info' | 'debug', string]> = {
  unavailable: ['error', 'event log refuses appends'],
  fault: ['error', 'event log fault'],
  tornTailRemoved: ['warn', 'event log had a torn tail, which nobody was promised; it was cut off'],
  staleLockTaken: ['warn', 'event log was left by a process that did not close it'],
  available: ['info', 'event log accepts appends again'],
  segmentStarted: ['debug', 'event log segment started'],
  segmentRemoved: ['debug', 'event log segment removed'],
};

function tell(logger: Logger, { kind, ...facts }: LogEvent): void {
  const [level, sentence] = EVENT_LINES[kind];
  logger[level]('error' in facts ? { what: facts.what, err: facts.error } : facts, sentence);
}
