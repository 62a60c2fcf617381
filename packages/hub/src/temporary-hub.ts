import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceIdentity, type HubError, LIMITS } from '@viaduct/contracts';
import { type EventLog, openFileLog } from '@viaduct/log';
import { AuthorityBook } from './core/certificate/authority-book.ts';
import { ConfigurationWork } from './core/configuration/configuration-work.ts';
import { ConnectionHistory } from './core/connection/connection-history.ts';
import { ConsumerDirectory } from './core/consumer/consumer-directory.ts';
import { ConsumerGroups } from './core/consumer/consumer-groups.ts';
import type { Hub } from './core/hub.ts';
import type { JsonObject } from './core/ports.ts';
import { type DecodedRecord, decodeRecord } from './core/record/record.ts';
import { RefusalBook } from './core/refusal/refusal-book.ts';
import { CertificateRenewals } from './core/renewal/certificate-renewals.ts';
import type { EndpointAdapters } from './core/routing/endpoint.ts';
import { openRouting } from './core/routing/open-routing.ts';
import type { DeviceSession, MethodAnswer, MethodCall } from './core/session/device-session.ts';
import { SessionDirectory } from './core/session/session-directory.ts';
import { endpointAdapters } from './endpoint/endpoint-adapters.ts';
import { FolderBlobStore } from './store/folder/folder-blob-store.ts';
import { type HubStore, openSqliteStore } from './store/sqlite/open-sqlite-store.ts';

/** A real hub without gateways, for tests: SQLite and log in a folder that goes when it closes, and a clock that stands still. */
export interface TemporaryHub extends Hub {
  readonly clock: StillClock;
  readonly directory: string;
  /** What happened to devices, oldest first. */
  happenings(): Promise<(DecodedRecord & { readonly json: JsonObject })[]>;
  /** The same files opened anew, as after a restart. Close the result, not this. */
  reopened(): Promise<TemporaryHub>;
  close(): Promise<void>;
}

class StillClock {
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(seconds: number): void {
    this.#now += seconds * 1_000;
  }
}

/** A connection that remembers what it was told. */
export class RecordingSession implements DeviceSession {
  readonly transport = 'mqtt';
  readonly remoteAddress = '127.0.0.1';
  readonly listensForMethods: boolean = false;
  readonly identity: DeviceIdentity;
  readonly connectedTime: number;
  lastActivityTime: number;
  readonly desired: JsonObject[] = [];
  wakeUps = 0;
  closedWith: HubError | null = null;

  constructor(identity: DeviceIdentity, time: number) {
    this.identity = identity;
    this.connectedTime = time;
    this.lastActivityTime = time;
  }

  invokeMethod(_call: MethodCall, _signal: AbortSignal): Promise<MethodAnswer> {
    assert.fail('no method is called here');
  }

  desiredChanged(patch: JsonObject): void {
    this.desired.push(patch);
  }

  commandsWaiting(): void {
    this.wakeUps++;
  }

  close(reason: HubError): void {
    this.closedWith = reason;
  }
}

const EVENT_PARTITIONS = 2;
const START = Date.UTC(2030, 0, 1);

/** `adapters`: endpoints of the test's own instead of the real ones. */
export async function temporaryHub(adapters?: EndpointAdapters): Promise<TemporaryHub> {
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-hub-'));
  return openHub(directory, new StillClock(START), randomBytes(32), adapters);
}

async function openHub(
  directory: string,
  clock: StillClock,
  encryptionKey: Buffer,
  adapters: EndpointAdapters | undefined,
): Promise<TemporaryHub> {
  const store = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey });
  const log = await openFileLog({
    ...{ directory: join(directory, 'log'), partitionCount: 2 * EVENT_PARTITIONS, clock },
    // Small, so that tests cross segment borders and can see retention.
    segmentBytes: 1_048_576,
  });
  const refusals = new RefusalBook(store.refusals, clock);
  const blobs = await FolderBlobStore.open({ table: store.blobTable, directory: join(directory, 'blobs'), clock });
  const sessions = new SessionDirectory();
  const connections = new ConnectionHistory(store.connections, sessions);
  const parts = {
    ...{ log, clock, twins: store.twins, eventPartitions: EVENT_PARTITIONS, hostNames: ['myhub.example.net'] },
    random: { bytes: (count: number) => randomBytes(count) },
  };
  const { close: closeRouting, ...routing } = await openRouting(parts, {
    store: store.routing,
    adapters: adapters ?? endpointAdapters({ ...parts, blobs }),
  });
  const letGo = async () => {
    await closeRouting();
    await refusals.close();
    await connections.close();
    await log.close();
    await blobs.close();
    await store.close();
  };
  return {
    ...portsOf(store),
    ...parts,
    ...routing,
    blobs,
    authorities: new AuthorityBook(store.certificates),
    consumerGroups: await ConsumerGroups.open({ clock }, store.consumerGroupTable),
    consumers: new ConsumerDirectory(),
    refusals,
    directory,
    sessions,
    connections,
    configurationWork: new ConfigurationWork(),
    throttle: null,
    jobLimits: { activeMax: LIMITS.JOBS_ACTIVE_MAX, devicesPerSecond: null },
    openRemoteContainer: (uri) => assert.fail(`a test asks ${uri.host}`),
    faultInjection: null,
    certificateRenewals: new CertificateRenewals(parts),
    happenings: () => happeningsIn(log),
    reopened: async () => {
      await letGo();
      return openHub(directory, clock, encryptionKey, adapters);
    },
    close: async () => {
      await letGo();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function portsOf(store: HubStore) {
  const { registry, policies, twins, commands, subscriptions, certificates, uploads, blobKey } = store;
  const { queries, accessTokens, jobs, configurations, configurationStates } = store;
  return {
    ...{ registry, policies, twins, commands, subscriptions, certificates, uploads, blobKey },
    ...{ queries, accessTokens, jobs, configurations, configurationStates },
    configurationsMax: LIMITS.CONFIGURATIONS_MAX,
  };
}

async function happeningsIn(log: EventLog) {
  const found = [];
  for (let partition = EVENT_PARTITIONS; partition < 2 * EVENT_PARTITIONS; partition++) {
    let offset = 0;
    for (;;) {
      const records = await log.read(partition, offset, 1_048_576);
      if (records.length === 0) break;
      for (const { data } of records) {
        const record = decodeRecord(data);
        found.push({ ...record, json: JSON.parse(record.body.toString('utf8')) as JsonObject });
      }
      offset = (records.at(-1)?.offset ?? 0) + 1;
    }
  }
  return found;
}
