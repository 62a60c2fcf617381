import { HubError } from '@viaduct/contracts';
import { type MakesRandomness, newEtag, requireMatch, SecretBox } from '@viaduct/hub';
import type { CentralStore } from '../store/central-store.ts';
import { findSetting, removeSetting, saveSetting } from '../store/settings.ts';

/** Where devices' files were to go in Azure. They go to this server's own store whatever it says; it is kept for who reads it back. */
export interface FileUploadSettings {
  readonly account: string;
  /** Its key is never told again. */
  readonly connectionString: string;
  readonly container: string;
  /** ISO 8601 duration. */
  readonly sasTtl: string;
  readonly readAccess: boolean;
  readonly etag: string;
}

export type FileUploadInput = Partial<Omit<FileUploadSettings, 'etag'>> &
  Pick<FileUploadSettings, 'connectionString' | 'container'>;

/** The connection string twice: sealed as it was given, and as it is told. */
type Kept = Omit<FileUploadSettings, 'connectionString'> & { readonly sealed: string; readonly masked: string };

interface Parts {
  readonly store: CentralStore;
  readonly hub: MakesRandomness;
  readonly encryptionKey: Buffer;
}

const NAME = 'fileUploads';
const SECRET = /((?:AccountKey|SharedAccessSignature)=)[^;]+/gi;
const MASK = '*****';
/** Source: Azure IoT Central, 1 to 24 hours. */
const TTL = /^(?:PT(?:[1-9]|1\d|2[0-4])H|P1D)$/;
const CONTAINER = /^(?:\$root|[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62})$/;

/** With the key masked. @throws HubError central.notFound */
export async function getFileUploads({ store }: Parts): Promise<FileUploadSettings> {
  return told(await getKept(store));
}

/** @throws HubError central.bodyInvalid, etag.mismatch */
export async function saveFileUploads(
  parts: Parts,
  input: FileUploadInput,
  ifMatch?: string,
): Promise<FileUploadSettings> {
  const before = await findSetting<Kept>(parts.store, NAME);
  if (before !== undefined) requireMatch(before.etag, ifMatch);
  const isMasked = input.connectionString.includes(`=${MASK}`);
  if (isMasked && input.connectionString !== before?.masked) {
    throw new HubError('central.bodyInvalid', 'connectionString has no key: only that of before may come back masked');
  }
  const { sasTtl = before?.sasTtl ?? 'PT1H', readAccess = before?.readAccess ?? false, container } = input;
  requireFits(sasTtl, container);
  const masked = input.connectionString.replace(SECRET, `$1${MASK}`);
  const sealed =
    isMasked && before
      ? before.sealed
      : new SecretBox(parts.encryptionKey).seal(input.connectionString, NAME).toString('base64');
  const account = /(?:^|;)AccountName=([^;]*)/i.exec(masked)?.[1] ?? input.account ?? '';
  const kept = { account, container, sasTtl, readAccess, etag: newEtag(parts.hub), masked, sealed };
  await saveSetting(parts.store, NAME, kept);
  return told(kept);
}

/** @throws HubError central.notFound, etag.mismatch */
export async function removeFileUploads({ store }: Parts, ifMatch?: string): Promise<void> {
  requireMatch((await getKept(store)).etag, ifMatch);
  await removeSetting(store, NAME);
}

async function getKept(store: CentralStore): Promise<Kept> {
  const kept = await findSetting<Kept>(store, NAME);
  if (kept !== undefined) return kept;
  throw new HubError(
    'central.notFound',
    "nothing is set for file uploads; devices' files go to this server's own store",
  );
}

function told({ masked, sealed: _sealed, ...rest }: Kept): FileUploadSettings {
  return { ...rest, connectionString: masked };
}

function requireFits(sasTtl: string, container: string): void {
  if (!TTL.test(sasTtl)) throw new HubError('central.bodyInvalid', 'sasTtl is PT1H to PT24H, or P1D');
  if (!CONTAINER.test(container)) {
    throw new HubError('central.bodyInvalid', 'container has 3 to 63 small letters, digits and single hyphens');
  }
}
