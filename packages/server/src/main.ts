import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Central,
  type CentralStore,
  type ConsoleOptions,
  centralApi,
  consolePlugin,
  makeServerToken,
  openCentral,
  refuseApiAddress,
} from '@viaduct/central';
import {
  type ConnectionInfo,
  eventHubsConnectionString,
  hubConnectionString,
  type ReadyFile,
} from '@viaduct/contracts';
import {
  AmqpGateway,
  blobEndpoint,
  type Hub,
  hubRest,
  JobRunner,
  MqttGateway,
  RestTraffic,
  refuseAddress,
  rewriteHubUrl,
} from '@viaduct/hub';
import {
  AmqpProvisioning,
  MqttProvisioning,
  type Provisioning,
  provisioningRest,
  refuseProvisioningAddress,
  rewriteProvisioningUrl,
} from '@viaduct/provisioning';
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import { openCertificates, readOwnCertificate, type ServerCertificate } from './certificates.ts';
import { ClosingStack } from './closing-stack.ts';
import type { ServerConfig } from './config.ts';
import { openHealthListener } from './health-listener.ts';
import { historySettings } from './history-settings.ts';
import { findHostNames, type HostNames, isEveryAddress, withPort } from './host-names.ts';
import { createHttpsApp } from './https-app.ts';
import { isLoopback, type Listeners, openListeners } from './listeners.ts';
import { builtDirectory, connectionInfo, firstAdminLink, openConsoleStore } from './open-console.ts';
import { openHub, REAL_CLOCK } from './open-hub.ts';
import { openProvisioning } from './open-provisioning.ts';
import { OWNER_POLICY, PROVISIONING_OWNER_POLICY } from './policies.ts';
import { openServerLog } from './server-log.ts';
import { type MetricSources, ServerMetrics } from './server-metrics.ts';
import { portNotes, startText } from './start-text.ts';
import { connectThisMachine } from './this-machine.ts';
import { removeReadyFile, writeReadyFile } from './write-ready-file.ts';

/** A server that accepts connections. */
export interface RunningServer {
  readonly ready: ReadyFile;
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  readonly logger: Logger;
  /** Stops accepting, acknowledges what was received, makes it durable and lets go of everything. */
  close(): Promise<void>;
}

/**
 * Puts the server together; the one file that knows every part.
 *
 *     data folder ─► log, stores ─► hub ─► gateways, console ─► listeners ─► this machine ─► ready file
 *
 * Resolves when every listener accepts. Closing goes the other way.
 *
 * @param out hears what people should read
 * @throws StartFault, HubError log.inUse; whatever was opened by then is closed again
 */
export async function startServer(config: ServerConfig, out: (text: string) => void): Promise<RunningServer> {
  const startedAt = performance.now();
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  const serverLog = openServerLog(config.dataDirectory, config.logLevel);
  const { logger } = serverLog;
  const closing = new ClosingStack((error) => logger.error({ err: error }, 'fault while stopping'));
  closing.push(() => serverLog.close());
  try {
    return await start(config, { closing, logger, out, startedAt });
  } catch (error) {
    await closing.close();
    throw error;
  }
}

interface StartContext {
  readonly closing: ClosingStack;
  readonly logger: Logger;
  readonly out: (text: string) => void;
  readonly startedAt: number;
}

async function start(config: ServerConfig, { closing, logger, out, startedAt }: StartContext): Promise<RunningServer> {
  const names = await findHostNames(config);
  const opened = await openHub(config, names, logger);
  const { hub, log } = opened;
  closing.push(() => opened.close());
  const openedProvisioning = await openProvisioning(config, hub, opened.encryptionKey, logger);
  const { provisioning } = openedProvisioning;
  closing.push(() => openedProvisioning.close());
  if (log.recovery.truncatedBytes > 0) out(recoveryText(log.recovery.truncatedBytes));
  const readyFiles = readyFilesOf(config);
  for (const file of readyFiles) await removeReadyFile(file);
  const certificate = await certificateFor(config, names);

  const { mqtt, amqp, mqttGuest } = openGateways(config, { hub, provisioning }, logger);
  closing.push(async () => {
    await Promise.all([mqtt.close(), amqp.close(), mqttGuest.close()]);
  });
  const console = await openConsoleStore(config.dataDirectory);
  closing.push(() => console.close());
  const facts: ConsoleFacts = { info: undefined, thisMachine: null };
  const { app, server: https } = createHttpsApp({
    certificate,
    logger,
    webSockets: {
      mqtt: (stream, address, tlsSocket) => mqtt.accept(stream, 'mqtt-ws', address, tlsSocket),
      amqp: (stream, address, tlsSocket) => amqp.accept(stream, 'amqp-ws', address, tlsSocket),
    },
    rewriteUrl: (url) => rewriteHubUrl(rewriteProvisioningUrl(url)),
    refuseAddress: refuseApiAddress(hub, refuseProvisioningAddress(provisioning, refuseAddress(hub))),
  });
  const rest = new RestTraffic();
  await app.register(hubRestPlugin(hub, rest));
  await app.register(provisioningPlugin(provisioning));
  await app.register(blobPlugin(hub));
  const central = await openCentral({
    hub,
    provisioning,
    store: console,
    directory: config.dataDirectory,
    historySettings: historySettings(config),
    // A model that an operator put into the data folder wins over one that came with the program.
    modelDirectories: [join(config.dataDirectory, 'models'), builtDirectory('models')],
    encryptionKey: opened.encryptionKey,
    onFault: (error) => logger.error({ err: error }, 'fault in central'),
  });
  closing.push(() => central.close());
  await app.register(apiPlugin(central, config));
  await app.register(consolePages, consoleOptions(central, facts, config.frameOrigins));
  await app.ready();
  closing.push(() => app.close());

  const listeners = await openListeners(config, certificate, {
    mqtt: (stream, address) => mqtt.accept(stream, 'mqtt', address),
    amqp: (stream, address) => amqp.accept(stream, 'amqp', address),
    https,
    onRefusal: (transport, { code, message }, remoteAddress) =>
      hub.refusals.record({ deviceId: null, code, message, transport, remoteAddress }),
  });
  closing.push(() => listeners.stop());
  // Once devices can come in; and stopped before they are sent away, for their going is no outcome.
  const jobs = new JobRunner(hub, { onFault: (error) => logger.error({ err: error }, 'fault in a job') });
  closing.push(() => jobs.close());
  const sources = {
    hub,
    central,
    log,
    mqtt,
    amqp,
    rest,
    jobs,
    provisioning: openedProvisioning,
    servers: listeners.servers,
  };
  const metricsUrl = await openMonitoring(config, sources, closing);

  const ready = await describe({ hub, provisioning, central, names, certificate, listeners, console });
  facts.info = await connectionInfo(ready, portNotes(listeners.ports));
  const thisMachine = config.agent ? await connectThisMachine({ hub, config, ready, logger, closing }) : undefined;
  facts.thisMachine = thisMachine ?? null;
  for (const file of readyFiles) {
    closing.push(() => removeReadyFile(file));
    await writeReadyFile(file, ready);
  }
  const warnings = [...faultInjectionWarning(config), ...plainWarning(listeners)];
  for (const warning of warnings) logger.warn(warning);
  const startedInMs = performance.now() - startedAt;
  out(
    startText({
      ready,
      dataDirectory: config.dataDirectory,
      ports: listeners.ports,
      metricsUrl,
      thisMachine,
      startedInMs,
      warnings,
    }),
  );
  logger.info({ hostName: ready.hostName, ports: ready.ports, startedInMs, version: ready.version }, 'server started');
  return { ready, hub, provisioning, logger, close: () => stop(closing, logger) };
}

function faultInjectionWarning({ faultInjection }: ServerConfig): string[] {
  if (!faultInjection) return [];
  return [
    'Fault injection is on: devices can break their own connections and have their own messages refused, by properties of a message. Leave it off where devices do real work.',
  ];
}

function plainWarning({ amqpPlain }: Listeners): string[] {
  if (amqpPlain === undefined || isLoopback(amqpPlain.address)) return [];
  return [
    `AMQP without TLS listens on ${amqpPlain.address}, port ${amqpPlain.port}: whoever sees the traffic there sees tokens, keys and messages. Use it between machines that trust each other only.`,
  ];
}

/** What the gateways of this server speak for. */
interface Services {
  readonly hub: Hub;
  readonly provisioning: Provisioning;
}

function openGateways(config: ServerConfig, { hub, provisioning }: Services, logger: Logger) {
  const onFault = (error: unknown) => logger.error({ err: error }, 'fault at a connection');
  const mqttGuest = new MqttProvisioning(provisioning, { onFault });
  return {
    mqtt: new MqttGateway(hub, { onFault, guests: [mqttGuest] }),
    mqttGuest,
    amqp: new AmqpGateway(hub, {
      eventHubName: EVENT_HUB_NAME,
      amqpPort: config.amqpPort,
      guests: [new AmqpProvisioning(provisioning, { onFault })],
      onFault,
    }),
  };
}

const hubRestPlugin = (hub: Hub, traffic: RestTraffic): FastifyPluginAsync => hubRest(hub, traffic);
const provisioningPlugin = (provisioning: Provisioning): FastifyPluginAsync => provisioningRest(provisioning);
const blobPlugin = (hub: Hub): FastifyPluginAsync => blobEndpoint(hub);
const apiPlugin = (central: Central, { profile }: ServerConfig): FastifyPluginAsync =>
  centralApi(central, { isStrict: profile === 'strict' });

/** Resolves with where the metrics are; undefined when their port is busy. */
async function openMonitoring(
  config: ServerConfig,
  sources: MetricSources,
  closing: ClosingStack,
): Promise<string | undefined> {
  const metrics = new ServerMetrics(sources);
  closing.push(() => metrics.close());
  const health = await openHealthListener(config, {
    metrics: () => metrics.text(),
    notReadyBecause: () => (sources.log.state().kind === 'available' ? undefined : 'the event log refuses appends'),
  });
  if (health === undefined) return undefined;
  closing.push(() => health.close());
  return health.url;
}

async function stop(closing: ClosingStack, logger: Logger): Promise<void> {
  logger.info('server is stopping');
  await closing.close();
}

function readyFilesOf(config: ServerConfig): string[] {
  const own = join(config.dataDirectory, 'server.json');
  return config.readyFile === undefined ? [own] : [own, config.readyFile];
}

const consolePages: FastifyPluginAsync<ConsoleOptions> = consolePlugin;

/** What the console tells and the server knows only once it listens. */
interface ConsoleFacts {
  info: ConnectionInfo | undefined;
  thisMachine: string | null;
}

function consoleOptions(central: Central, facts: ConsoleFacts, frameOrigins: readonly string[]): ConsoleOptions {
  return {
    central,
    version: VERSION,
    webDirectory: builtDirectory('web'),
    frameOrigins,
    thisMachine: () => facts.thisMachine,
    connectionInfo: () => {
      assert(facts.info !== undefined, 'nobody is answered before the server listens');
      return facts.info;
    },
  };
}

function certificateFor(config: ServerConfig, names: HostNames): Promise<ServerCertificate> {
  const { tlsCertificateFile, tlsKeyFile, tlsCaFile } = config;
  if (tlsCertificateFile !== undefined && tlsKeyFile !== undefined) {
    return readOwnCertificate(tlsCertificateFile, tlsKeyFile, tlsCaFile);
  }
  return openCertificates(join(config.dataDirectory, 'tls'), names.all, REAL_CLOCK.now());
}

/** The Event Hubs-compatible name of the built-in endpoint: `EntityPath`. */
const EVENT_HUB_NAME = 'viaduct';

interface Described {
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  readonly central: Central;
  readonly names: HostNames;
  readonly certificate: ServerCertificate;
  readonly listeners: Listeners;
  readonly console: CentralStore;
}

async function describe(described: Described): Promise<ReadyFile> {
  const { hub, provisioning, central, names, certificate, listeners, console } = described;
  const key = await keyOf(hub, OWNER_POLICY);
  const { idScope } = await provisioning.settings.get();
  const { mqtt, amqp, https } = listeners.ports;
  const hostName = names.preferred;
  const origin = `https://${withPort(hostName, https.port, 443)}`;
  const consoleUrl = `${origin}/console/`;
  return {
    hostName,
    hubConnectionString: hubConnectionString(hostName, OWNER_POLICY, key),
    eventHubsConnectionString: eventHubsConnectionString(
      withPort(hostName, amqp.port, 5671),
      OWNER_POLICY,
      key,
      EVENT_HUB_NAME,
    ),
    ...emulatorString(listeners, names, key),
    provisioning: {
      idScope,
      serviceConnectionString: hubConnectionString(
        hostName,
        PROVISIONING_OWNER_POLICY,
        await keyOf(hub, PROVISIONING_OWNER_POLICY),
      ),
      deviceEndpoint: hostName,
    },
    central: { url: `${origin}/api`, apiToken: makeServerToken(central) },
    caFile: certificate.caFile,
    consoleUrl,
    adminLink: await firstAdminLink(console, consoleUrl),
    ports: {
      ...{ mqtt: mqtt.port, amqp: amqp.port, https: https.port },
      ...(listeners.amqpPlain === undefined ? {} : { amqpPlain: listeners.amqpPlain.port }),
    },
    pid: process.pid,
    version: VERSION,
  };
}

async function keyOf({ policies }: Hub, name: string): Promise<string> {
  const policy = await policies.find(name);
  assert(policy !== undefined, 'the store was seeded with it');
  return policy.primaryKey;
}

/** By a name that tokens may have, whatever address the server was bound to. */
function emulatorString({ amqpPlain }: Listeners, names: HostNames, key: string): Partial<ReadyFile> {
  if (amqpPlain === undefined) return {};
  const { address, port } = amqpPlain;
  const name = address === '127.0.0.1' ? 'localhost' : isEveryAddress(address) ? names.preferred : address;
  const text = eventHubsConnectionString(withPort(name, port, 5672), OWNER_POLICY, key, EVENT_HUB_NAME);
  return { emulatorConnectionString: `${text};UseDevelopmentEmulator=true` };
}

function recoveryText(bytes: number): string {
  return `  The server was not stopped in order. ${bytes} bytes that nobody was promised were cut off the end of the event log; everything acknowledged is there.\n`;
}

const VERSION = readVersion();

/** Of this package; in a bundle, `dist/` lies beside the root's manifest, which has the same version. */
function readVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}
