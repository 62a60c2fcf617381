import { HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BlobHeaders, BlobRecord } from '../../core/ports.ts';

const META = 'x-ms-meta-';

/** What a writer says about the content: `x-ms-blob-…`, or for a blob put whole the plain headers as well. */
export function blobHeadersIn({ headers }: FastifyRequest, plainCount: 'whole' | 'blocks' = 'blocks'): BlobHeaders {
  const one = (name: string) => {
    const value = headers[`x-ms-blob-${name}`] ?? (plainCount === 'whole' ? headers[name] : undefined);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    contentType: one('content-type'),
    contentEncoding: one('content-encoding'),
    contentLanguage: one('content-language'),
    contentDisposition: one('content-disposition'),
    cacheControl: one('cache-control'),
    contentMd5: one('content-md5'),
  };
}

/** `x-ms-meta-{name}`, the name as it was written. @throws HubError argument.invalid */
export function metadataIn({ raw }: FastifyRequest): Readonly<Record<string, string>> {
  const { rawHeaders } = raw;
  const pairs: [string, string][] = [];
  let bytes = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [header = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]];
    if (!header.toLowerCase().startsWith(META)) continue;
    const name = header.slice(META.length);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new HubError('argument.invalid', `"${name}" is no name of metadata`);
    pairs.push([name, value]);
    bytes += name.length + value.length;
  }
  if (bytes > LIMITS.BLOB_METADATA_BYTES_MAX) {
    throw new HubError('argument.invalid', `${bytes} bytes of metadata; at most ${LIMITS.BLOB_METADATA_BYTES_MAX}`);
  }
  return Object.fromEntries(pairs);
}

/** After every write. */
export function setVersion(reply: FastifyReply, { etag, modifiedTime }: BlobRecord): FastifyReply {
  return reply.header('etag', `"${etag}"`).header('last-modified', new Date(modifiedTime).toUTCString());
}

/** All that is known of a blob but its length. */
export function setBlobHeaders(reply: FastifyReply, blob: BlobRecord): void {
  setVersion(reply, blob);
  reply.headers({
    'content-type': blob.contentType ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-creation-time': new Date(blob.createdTime).toUTCString(),
    'x-ms-lease-status': 'unlocked',
    'x-ms-lease-state': 'available',
    'x-ms-server-encrypted': 'false',
  });
  const optional = {
    'content-encoding': blob.contentEncoding,
    'content-language': blob.contentLanguage,
    'content-disposition': blob.contentDisposition,
    'cache-control': blob.cacheControl,
    'content-md5': blob.contentMd5,
  };
  for (const [name, value] of Object.entries(optional)) if (value !== null) reply.header(name, value);
  // Not by Fastify, which would write the names in lower case.
  for (const [name, value] of Object.entries(blob.metadata)) reply.raw.setHeader(`${META}${name}`, value);
}
