import type { IncomingMessage } from 'node:http';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BlobAccess } from '../../core/file/decide-blob-access.ts';
import type { BlobBody, BlobGuard, BlobPlace, KeepsBlobs } from '../../core/ports.ts';
import { conditionsIn, requireWritable } from './blob-conditions.ts';
import { blobHeadersIn, metadataIn, setVersion } from './blob-headers.ts';
import { parseBlockList, requireBlockId } from './blob-xml.ts';
import { notFound } from './read-blob.ts';

/** A write, once it is known who asks. */
export interface BlobWriteRequest {
  readonly hub: KeepsBlobs;
  readonly place: BlobPlace;
  readonly access: BlobAccess;
  readonly query: URLSearchParams;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Put Blob: the body is the blob. 201 once it is on disk. */
export async function putBlob(write: BlobWriteRequest): Promise<FastifyReply> {
  const { hub, place, request, reply } = write;
  const type = request.headers['x-ms-blob-type'];
  if (type !== 'BlockBlob')
    throw new HubError('argument.invalid', `x-ms-blob-type is BlockBlob, not "${String(type)}"`);
  if (request.headers['x-ms-copy-source'] !== undefined)
    throw new HubError('argument.invalid', 'copies are not offered');
  const named = { headers: blobHeadersIn(request, 'whole'), metadata: metadataIn(request), guard: guardOf(write) };
  const blob = await hub.blobs.put(place, bodyIn(request), named);
  if (blob.contentMd5 !== null) reply.header('content-md5', blob.contentMd5);
  return setVersion(reply.code(201), blob).header('x-ms-request-server-encrypted', 'false').send();
}

/** Put Block: stages the body under an id. */
export async function putBlock({ hub, place, query, request, reply, access }: BlobWriteRequest): Promise<FastifyReply> {
  const blockId = requireBlockId(query.get('blockid') ?? '');
  if (access.newOnly) requireNew(await hub.blobs.find(place));
  if (request.headers['content-length'] === '0') throw new HubError('argument.invalid', 'a block is not empty');
  const md5 = await hub.blobs.stageBlock(place, blockId, bodyIn(request));
  return reply.code(201).header('content-md5', md5).header('x-ms-request-server-encrypted', 'false').send();
}

/** Put Block List: the blob is these blocks from now on. */
export async function putBlockList(write: BlobWriteRequest): Promise<FastifyReply> {
  const { hub, place, request, reply } = write;
  const blocks = parseBlockList(await textOf(request));
  const named = { headers: blobHeadersIn(request), metadata: metadataIn(request), guard: guardOf(write) };
  const blob = await hub.blobs.commitBlocks(place, blocks, named);
  return setVersion(reply.code(201), blob).header('x-ms-request-server-encrypted', 'false').send();
}

/** Set Blob Properties: all of them; what is not given is removed. */
export function setProperties(write: BlobWriteRequest): Promise<FastifyReply> {
  return change(write, { headers: blobHeadersIn(write.request) });
}

/** Set Blob Metadata: all of it. */
export function setMetadata(write: BlobWriteRequest): Promise<FastifyReply> {
  return change(write, { metadata: metadataIn(write.request) });
}

/** Delete Blob. 202: it is gone when this is told. */
export async function deleteBlob(write: BlobWriteRequest): Promise<FastifyReply> {
  const { hub, place, reply } = write;
  if (!(await hub.blobs.remove(place, guardOf(write)))) throw notFound(place);
  return reply.code(202).header('x-ms-delete-type-permanent', 'true').send();
}

async function change(
  write: BlobWriteRequest,
  changed: { headers?: ReturnType<typeof blobHeadersIn>; metadata?: Readonly<Record<string, string>> },
): Promise<FastifyReply> {
  const { hub, place, reply } = write;
  const blob = await hub.blobs.update(place, { ...changed, guard: guardOf(write) });
  if (blob === undefined) throw notFound(place);
  return setVersion(reply.code(200), blob).send();
}

function guardOf({ request, access }: BlobWriteRequest): BlobGuard {
  const conditions = conditionsIn(request.headers);
  return (current) => {
    if (access.newOnly) requireNew(current);
    requireWritable(conditions, current);
  };
}

function requireNew(current: unknown): void {
  if (current !== undefined)
    throw new HubError('blob.exists', 'the signature permits to create, and the blob is there');
}

/** The body as it comes in, never buffered whole. */
function bodyIn(request: FastifyRequest): BlobBody {
  const { 'content-length': length, 'content-md5': md5 } = request.headers;
  return {
    chunks: chunksOf(request),
    bytes: length === undefined ? (request.body === undefined ? 0 : undefined) : Number(length),
    md5: typeof md5 === 'string' && md5 !== '' ? md5 : undefined,
  };
}

function chunksOf({ body }: FastifyRequest): AsyncIterable<Buffer> {
  if (body === undefined || body === null) return nothing();
  // Left before its end, a stream destroys its socket, and the client would never read why it was refused.
  return (body as IncomingMessage).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

async function* nothing(): AsyncGenerator<Buffer> {}

async function textOf(request: FastifyRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(request)) {
    bytes += chunk.length;
    if (bytes > LIMITS.BLOB_BLOCK_LIST_BYTES_MAX) {
      throw new HubError('blob.tooLarge', `a list of blocks has at most ${LIMITS.BLOB_BLOCK_LIST_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
