import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CSRF_HEADER, LIMITS, type Session } from '@viaduct/contracts';
import {
  AuthorityBook,
  CertificateRenewals,
  ConfigurationWork,
  ConnectionHistory,
  ConsumerDirectory,
  ConsumerGroups,
  endpointAdapters,
  FolderBlobStore,
  type Hub,
  openRouting,
  openSqliteStore,
  PresenceWriter,
  RefusalBook,
  SessionDirectory,
  validateLazily,
} from '@viaduct/hub';
import { openFileLog } from '@viaduct/log';
import type { Provisioning } from '@viaduct/provisioning';
import Fastify, { type FastifyInstance, type FastifyServerOptions, type InjectOptions } from 'fastify';
import { centralApi } from '../api/central-api.ts';
import { type Central, openCentral } from '../central.ts';
import { consolePlugin } from '../console-plugin.ts';
import { createAdminLink } from '../people/admin-link.ts';
import { type CentralStore, openCentralStore } from '../store/central-store.ts';
import { openTestProvisioning } from './open-test-provisioning.ts';

export const PASSWORD = 'correct horse battery';
const TEST_HISTORY = { days: 30, bytesMax: 1e9, memoryBytes: 256 * 1_048_576, threads: 1 };
const MODELS = new URL('../../models/', import.meta.url).pathname;

/** A clock that moves on only when told to, but never stands still for the log: real time plus what was added. */
class MovableClock {
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  advance(ms: number): void {
    this.#ahead += ms;
  }
}

export interface ConsoleUnderTest {
  readonly app: FastifyInstance;
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  readonly store: CentralStore;
  readonly central: Central;
  readonly clock: MovableClock;
  readonly directory: string;
  close(): Promise<void>;
}

/** A console over a real hub: SQLite files and a file log in a folder of its own. */
export async function openConsole(
  options: {
    readonly fastify?: FastifyServerOptions;
    readonly webDirectory?: string;
    readonly frameOrigins?: readonly string[];
    readonly https?: object;
    /** Starts a thread, which costs half a second; off by default. */
    readonly history?: boolean;
  } = {},
): Promise<ConsoleUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-console-'));
  const clock = new MovableClock();
  const eventPartitions = 2;
  const tables = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey: randomBytes(32) });
  const log = await openFileLog({ directory: join(directory, 'log'), partitionCount: 2 * eventPartitions, clock });
  const refusals = new RefusalBook(tables.refusals, clock);
  const blobs = await FolderBlobStore.open({ table: tables.blobTable, directory: join(directory, 'blobs'), clock });
  const sessions = new SessionDirectory();
  const connections = new ConnectionHistory(tables.connections, sessions);
  const basis = {
    ...{ log, eventPartitions, clock, twins: tables.twins, random: { bytes: randomBytes }, hostNames: ['hub.example'] },
  };
  const { close: closeRouting, ...routing } = await openRouting(basis, {
    store: tables.routing,
    adapters: endpointAdapters({ ...basis, blobs }),
  });
  const hub: Hub = {
    ...tables,
    ...basis,
    ...routing,
    blobs,
    authorities: new AuthorityBook(tables.certificates),
    consumerGroups: await ConsumerGroups.open({ clock }, tables.consumerGroupTable),
    consumers: new ConsumerDirectory(),
    sessions,
    connections,
    refusals,
    configurationsMax: LIMITS.CONFIGURATIONS_MAX,
    configurationWork: new ConfigurationWork(),
    throttle: null,
    jobLimits: { activeMax: LIMITS.JOBS_ACTIVE_MAX, devicesPerSecond: null },
    openRemoteContainer: (uri) => assert.fail(`a test asks ${uri.host}`),
    faultInjection: null,
    certificateRenewals: new CertificateRenewals(basis),
  };
  const presence = new PresenceWriter(hub);
  const { provisioning, close: closeProvisioning } = await openTestProvisioning(hub, clock, directory);
  const store = await openCentralStore({ file: join(directory, 'central.sqlite'), clock });
  const app = Fastify({
    routerOptions: { maxParamLength: 4_096 },
    schemaController: validateLazily,
    ...options.fastify,
    ...(options.https === undefined ? {} : { https: options.https }),
  }) as FastifyInstance;
  const central = await openCentral({
    hub,
    provisioning,
    store,
    directory,
    historySettings: options.history === true ? TEST_HISTORY : null,
    modelDirectories: [MODELS],
    encryptionKey: randomBytes(32),
    onFault: (fault) => assert.fail(String(fault)),
  });
  await app.register(centralApi(central, { isStrict: false }));
  await app.register(consolePlugin, {
    central,
    webDirectory: options.webDirectory ?? join(directory, 'no-web'),
    frameOrigins: options.frameOrigins ?? [],
    connectionInfo: () => CONNECTION,
    version: '0.0.0-test',
    thisMachine: () => 'this-machine',
  });
  const close = async () => {
    await app.close();
    await central.close();
    await closeProvisioning();
    await closeRouting();
    await presence.close();
    await connections.close();
    await refusals.close();
    await store.close();
    await log.close();
    await blobs.close();
    await tables.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { app, hub, provisioning, store, central, clock, directory, close };
}

/** A browser: keeps the cookie and sends the anti-forgery token. */
export class Browser {
  readonly #app: FastifyInstance;
  cookie = '';
  csrfToken = '';

  constructor(app: FastifyInstance) {
    this.#app = app;
  }

  async request(
    method: InjectOptions['method'] & string,
    path: string,
    payload?: object | string,
    type = 'application/json',
  ) {
    const answer = await this.#app.inject({
      method: method as 'GET',
      url: `/console/api${path}`,
      headers: {
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        [CSRF_HEADER]: this.csrfToken,
        'content-type': type,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const set = answer.cookies.find(({ name }) => name === '__Host-viaduct');
    if (set !== undefined) this.cookie = set.value === '' ? '' : `__Host-viaduct=${set.value}`;
    return answer;
  }

  async enter(path: '/session' | '/setup', body: object): Promise<Session> {
    const answer = await this.request('POST', path, body);
    const session = answer.json<Session>();
    this.csrfToken = session.csrfToken;
    return session;
  }
}

/** A browser whose user has set up the first administrator. */
export async function signedInBrowser({ app, hub, store, clock }: ConsoleUnderTest): Promise<Browser> {
  const browser = new Browser(app);
  const { token } = await createAdminLink(store, clock, hub.random);
  await browser.enter('/setup', { token, userName: 'ada', password: PASSWORD });
  return browser;
}

const CONNECTION = {
  hostName: 'hub.example',
  ports: { mqtt: 8883, amqp: 5671, https: 443 },
  notes: [],
  caPem: '-----BEGIN CERTIFICATE-----\ntest\n-----END CERTIFICATE-----\n',
  caSha256: 'AA:BB',
  caFile: '/data/ca.pem',
  hubConnectionString: 'HostName=hub.example',
  eventHubsConnectionString: 'Endpoint=sb://hub.example/;SharedAccessKeyName=p;SharedAccessKey=a2V5;EntityPath=events',
} as const;
