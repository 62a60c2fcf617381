import { HubError } from '@viaduct/contracts';
import {
  CHECKPOINTS_CONTAINER,
  JOBS_CONTAINER,
  ROUTED_CONTAINER,
  requireBlobName,
  UPLOADS_CONTAINER,
} from '../../core/file/blob-name.ts';
import { BLOB_ACCOUNT } from '../../core/file/blob-sas.ts';

/** What a URL names: a blob, or a container when the name is ''. */
export interface BlobTarget {
  readonly container: string;
  readonly name: string;
  readonly query: URLSearchParams;
}

/** Containers are made by us. There is no call to make one. */
const CONTAINERS: ReadonlySet<string> = new Set([
  UPLOADS_CONTAINER,
  JOBS_CONTAINER,
  ROUTED_CONTAINER,
  CHECKPOINTS_CONTAINER,
]);

/** First path segments that are the blob endpoint's: containers, and the account for clients that put it into the path. */
export const BLOB_PATHS: readonly string[] = [...CONTAINERS, BLOB_ACCOUNT];

/**
 * Pure.
 *
 *     /{container}[/{name}]             as the device is told, and as clients write it for a host name
 *     /viaduct/{container}[/{name}]     as storage clients write it for an IP address: the account comes first
 *
 * The name is the rest of the path, decoded once, dots and slashes as they are: it is a name, and no path.
 *
 * @throws HubError argument.invalid, blob.containerNotFound
 */
export function parseBlobTarget(url: string): BlobTarget {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const segments = path.slice(1).split('/');
  if (segments[0] === BLOB_ACCOUNT) segments.shift();
  const container = decoded(segments.shift() ?? '');
  if (!CONTAINERS.has(container)) {
    throw new HubError('blob.containerNotFound', `there is no container "${container.slice(0, 63)}"`);
  }
  const name = decoded(segments.join('/'));
  return { container, name: name === '' ? '' : requireBlobName(name), query };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new HubError('argument.invalid', 'a percent escape in the path is broken', { cause });
  }
}
