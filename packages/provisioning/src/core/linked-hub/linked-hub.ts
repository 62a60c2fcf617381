import { HubError, LIMITS, parseConnectionString } from '@viaduct/contracts';
import {
  type KnowsItsNames,
  type MakesRandomness,
  newEtag,
  readCertificate,
  requireMatch,
  type TellsTime,
} from '@viaduct/hub';
import type { KeepsLinkedHubs, LinkedHubRecord } from '../ports.ts';

/** What an operator decides of a linked hub; what is absent is as usual, or stays. */
export interface LinkedHubInput {
  /** With HostName, SharedAccessKeyName and SharedAccessKey. */
  readonly connectionString?: string;
  /** PEM of the authority that signed its server certificate; null for those that this machine trusts. */
  readonly caPem?: string | null;
  readonly allocationWeight?: number;
  readonly takesNewDevices?: boolean;
}

const WEIGHT_MAX = 1_000;

/** This server's own first, then in order of name. */
export async function listLinkedHubs(p: KeepsLinkedHubs): Promise<readonly LinkedHubRecord[]> {
  const hubs = await p.linkedHubs.list();
  return [...hubs].sort((a, b) => Number(b.kind === 'local') - Number(a.kind === 'local'));
}

/** @throws HubError linkedHub.notFound; etag.mismatch when it is not as the caller knows it */
export async function getLinkedHub(p: KeepsLinkedHubs, hostName: string, ifMatch?: string): Promise<LinkedHubRecord> {
  const record = await p.linkedHubs.find(hostName);
  if (record === undefined) {
    throw new HubError('linkedHub.notFound', `there is no linked hub "${hostName.slice(0, 260)}"`);
  }
  requireMatch(record.etag, ifMatch);
  return record;
}

type ChangesLinkedHubs = KeepsLinkedHubs & TellsTime & MakesRandomness;

/**
 * Links another hub, of Viaduct or of Azure. It is not asked yet: see `tryLinkedHub`.
 *
 * @throws HubError linkedHub.invalid, linkedHub.exists, certificate.invalid, store.unavailable (retry)
 */
export async function linkHub(p: ChangesLinkedHubs & KnowsItsNames, input: LinkedHubInput): Promise<LinkedHubRecord> {
  const record = newLinkedHub(p, input);
  const { hostName } = record;
  if (p.hostNames.some((name) => name.toLowerCase() === hostName)) {
    throw new HubError('linkedHub.exists', `${hostName} is this server: it is always linked`);
  }
  if ((await p.linkedHubs.list()).length >= LIMITS.LINKED_HUBS_MAX) {
    throw invalid(`there are ${LIMITS.LINKED_HUBS_MAX} linked hubs already: unlink one first`);
  }
  if (await p.linkedHubs.insert(record)) return record;
  throw new HubError('linkedHub.exists', `${hostName} is linked already`);
}

/** The record as it would be linked. Pure but for time and chance. @throws HubError linkedHub.invalid, certificate.invalid */
export function newLinkedHub(p: TellsTime & MakesRandomness, input: LinkedHubInput): LinkedHubRecord {
  const { connectionString, caPem = null, allocationWeight = 1, takesNewDevices = true } = input;
  if (connectionString === undefined) throw invalid('connectionString is missing');
  requireInput(input);
  const now = p.clock.now();
  return {
    ...{ hostName: hostNameIn(connectionString), kind: 'remote', connectionString, caPem },
    ...{ allocationWeight, takesNewDevices, createdTime: now, updatedTime: now, etag: newEtag(p) },
  };
}

/**
 * Devices that were sent there stay; the next ones are chosen by what is set now.
 *
 * @throws HubError linkedHub.invalid, linkedHub.notFound, certificate.invalid, etag.mismatch, store.unavailable (retry)
 */
export async function changeLinkedHub(
  p: ChangesLinkedHubs,
  hostName: string,
  input: LinkedHubInput,
  ifMatch?: string,
): Promise<LinkedHubRecord> {
  const before = await getLinkedHub(p, hostName, ifMatch);
  requireInput(input);
  const { connectionString, caPem } = input;
  if (before.kind === 'local' && (connectionString !== undefined || caPem != null)) {
    throw invalid(`${before.hostName} is this server: it needs no connection string`);
  }
  if (connectionString !== undefined && hostNameIn(connectionString) !== before.hostName) {
    throw invalid(`the connection string is of ${hostNameIn(connectionString)}, not of ${before.hostName}`);
  }
  const after = { ...before, ...input, updatedTime: p.clock.now(), etag: newEtag(p) };
  if (!(await p.linkedHubs.replace(after, before.etag))) throw overtaken();
  return after;
}

/** Devices that were sent there stay there. @throws HubError linkedHub.invalid for this server, linkedHub.notFound, etag.mismatch */
export async function unlinkHub(p: KeepsLinkedHubs, hostName: string, ifMatch?: string): Promise<void> {
  const { kind, hostName: name, etag } = await getLinkedHub(p, hostName, ifMatch);
  if (kind === 'local') throw invalid(`${name} is this server: it is always linked`);
  if (!(await p.linkedHubs.remove(name, etag))) throw overtaken();
}

function requireInput({ caPem = null, allocationWeight = 1 }: LinkedHubInput): void {
  if (caPem !== null) readCertificate(caPem);
  if (!Number.isInteger(allocationWeight) || allocationWeight < 1 || allocationWeight > WEIGHT_MAX) {
    throw invalid(`allocationWeight is a whole number from 1 to ${WEIGHT_MAX}`);
  }
}

/** Lower case. @throws HubError linkedHub.invalid */
function hostNameIn(connectionString: string): string {
  const { HostName, SharedAccessKeyName, SharedAccessKey } = partsOf(connectionString);
  if (!HostName || !SharedAccessKeyName || !SharedAccessKey) {
    throw invalid('the connection string needs HostName, SharedAccessKeyName and SharedAccessKey');
  }
  return HostName.toLowerCase();
}

function partsOf(connectionString: string): Readonly<Record<string, string>> {
  try {
    return parseConnectionString(connectionString);
  } catch (cause) {
    if (!(cause instanceof HubError)) throw cause;
    throw new HubError('linkedHub.invalid', cause.message, { cause });
  }
}

function invalid(message: string): HubError {
  return new HubError('linkedHub.invalid', message);
}

function overtaken(): HubError {
  return new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
}
