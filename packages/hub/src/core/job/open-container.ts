import { HubError, LIMITS } from '@viaduct/contracts';
import { JOBS_CONTAINER, requireBlobName } from '../file/blob-name.ts';
import { BLOB_ACCOUNT, mintBlobSas, parseBlobSas } from '../file/blob-sas.ts';
import { decideBlobAccess } from '../file/decide-blob-access.ts';
import type {
  Container,
  ContainerFile,
  KeepsBlobs,
  KnowsItsNames,
  OpensContainers,
  SignsBlobs,
  TellsTime,
} from '../ports.ts';

type KnowsOwnContainer = SignsBlobs & TellsTime & KnowsItsNames;

/** What a file in a container is wanted for. */
type FileAction = 'read' | 'write';

/** What lets a client read, write, list and remove the files of jobs in the hub's own container. */
export interface OwnContainer {
  readonly containerUri: string;
  /** Ms since 1970. */
  readonly expiryTime: number;
}

/**
 * A signed address of the hub's own container, for who imports and exports without a storage account.
 *
 * @param hostName where the caller reaches blobs, with a port where it is not 443
 * @throws HubError argument.invalid
 */
export function signOwnContainer(
  hub: KnowsOwnContainer,
  seconds: number = LIMITS.JOB_CONTAINER_SECONDS_DEFAULT,
  hostName = hub.hostNames[0] ?? '',
): OwnContainer {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LIMITS.JOB_CONTAINER_SECONDS_MAX) {
    const text = `a signature lasts 1 to ${LIMITS.JOB_CONTAINER_SECONDS_MAX} whole seconds, not ${seconds}`;
    throw new HubError('argument.invalid', text);
  }
  const expiryTime = hub.clock.now() + seconds * 1_000;
  const place = { container: JOBS_CONTAINER, name: '' };
  const sas = mintBlobSas(hub.blobKey, place, { permissions: 'rcwdl', expiryTime, wholeContainer: true });
  return { containerUri: `https://${hostName}/${JOBS_CONTAINER}?${sas}`, expiryTime };
}

/** An address without what opens it: for people, and for logs. */
export function describeContainer(containerUri: string): string {
  const { host, pathname } = new URL(containerUri);
  return `https://${host}${pathname}`;
}

/**
 * Refuses a file that can be known not to be reachable: no address of a container, or one of ours with a signature that does
 * not permit what is wanted. What lies elsewhere is asked when the job runs.
 *
 * @throws HubError container.invalid, argument.invalid
 */
export function requireFile(
  hub: KnowsOwnContainer,
  { containerUri, blobName }: ContainerFile,
  action: FileAction,
): void {
  const uri = requireContainerUri(containerUri);
  requireBlobName(blobName);
  if (isOwn(hub, uri)) requireOwnAccess(hub, uri, blobName, action);
}

/** @throws HubError container.invalid */
export function openContainer(hub: KnowsOwnContainer & KeepsBlobs & OpensContainers, containerUri: string): Container {
  const uri = requireContainerUri(containerUri);
  return isOwn(hub, uri) ? ownContainer(hub, uri) : hub.openRemoteContainer(uri);
}

function requireContainerUri(text: string): URL {
  if (text.length > LIMITS.CONTAINER_URI_CHARACTERS_MAX) {
    throw invalid(`the address of a container has at most ${LIMITS.CONTAINER_URI_CHARACTERS_MAX} characters`);
  }
  const uri = URL.canParse(text) ? new URL(text) : undefined;
  if (uri?.protocol !== 'https:') throw invalid('the address of a container begins with https://');
  if (uri.username !== '' || uri.password !== '') throw invalid('a name or password in the address is not used');
  if (uri.pathname.replaceAll('/', '') === '') throw invalid('the address names no container');
  return uri;
}

/** By name alone: whichever port the caller reaches us by, it is we who are asked. */
function isOwn({ hostNames }: KnowsItsNames, uri: URL): boolean {
  return hostNames.includes(uri.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1'));
}

/** Without the way over the network, and by the same rules. */
function ownContainer(hub: KnowsOwnContainer & KeepsBlobs, uri: URL): Container {
  return {
    async read(blobName) {
      const place = requireOwnAccess(hub, uri, blobName, 'read');
      const opened = await hub.blobs.open(place);
      if (opened === undefined) throw invalid(`there is no blob "${blobName}" in ${JOBS_CONTAINER}`);
      return { bytes: opened.blob.bytes, chunks: opened.stream };
    },
    async write(blobName, chunks) {
      const place = requireOwnAccess(hub, uri, blobName, 'write');
      const headers = { ...NO_HEADERS, contentType: 'text/plain; charset=utf-8' };
      await hub.blobs.put(place, { chunks, bytes: undefined, md5: undefined }, { headers, metadata: {} });
    },
  };
}

const NO_HEADERS = {
  contentType: null,
  contentEncoding: null,
  contentLanguage: null,
  contentDisposition: null,
  cacheControl: null,
  contentMd5: null,
};

/** @throws HubError container.invalid */
function requireOwnAccess(hub: KnowsOwnContainer, uri: URL, name: string, action: FileAction) {
  const segments = uri.pathname.split('/').filter((segment) => segment !== '');
  if (segments[0] === BLOB_ACCOUNT) segments.shift();
  if (segments.join('/') !== JOBS_CONTAINER) {
    throw invalid(`this hub keeps the files of jobs in its container "${JOBS_CONTAINER}" and in no other`);
  }
  const place = { container: JOBS_CONTAINER, name };
  try {
    decideBlobAccess(parseBlobSas(uri.searchParams), { place, action }, hub.blobKey, hub.clock.now());
  } catch (cause) {
    if (!(cause instanceof HubError)) throw cause;
    throw new HubError('container.invalid', `${describeContainer(uri.href)}: ${cause.message}`, { cause });
  }
  return place;
}

function invalid(why: string): HubError {
  return new HubError('container.invalid', why);
}
