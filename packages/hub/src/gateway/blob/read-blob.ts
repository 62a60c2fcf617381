import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { HubError } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BlobSas } from '../../core/file/blob-sas.ts';
import { rangeWithin } from '../../core/file/device-files.ts';
import type { BlobPlace, BlobRecord, ByteRange, KeepsBlobs } from '../../core/ports.ts';
import { parseRange } from '../parse-range.ts';
import { type BlobConditions, conditionsIn, isUnchanged, requireReadable } from './blob-conditions.ts';
import { setBlobHeaders } from './blob-headers.ts';

/** Get Blob, as a stream: 200 whole, 206 a range, 304 when the caller has it. @throws HubError blob.* */
export async function getBlob(
  hub: KeepsBlobs,
  place: BlobPlace,
  sas: BlobSas,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const conditions = conditionsIn(request.headers);
  // Storage clients send their own header, and it wins.
  const asked = parseRange(request.headers['x-ms-range'] ?? request.headers.range);
  const opened = await hub.blobs.open(place, (blob) => {
    if (isUnchanged(conditions, blob)) return undefined;
    requireReadable(conditions, blob);
    return rangeWithin(blob.bytes, asked);
  });
  if (opened === undefined) throw notFound(place);
  const { blob, range, stream } = opened;
  try {
    if (isUnchanged(conditions, blob)) return notModified(reply, blob, stream);
    setBlobHeaders(reply, blob);
    overrideHeaders(reply, sas);
    const bytes = range === undefined ? 0 : range.end - range.start + 1;
    reply.header('content-length', bytes);
    if (asked === undefined || range === undefined) return reply.code(200).send(stream);
    setRangeHeaders(reply, blob, range);
    const wantsMd5 = request.headers['x-ms-range-get-content-md5'] === 'true' && bytes <= MD5_RANGE_BYTES_MAX;
    return reply.code(206).send(wantsMd5 ? await withMd5(reply, stream) : stream);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** Get Blob Properties and Metadata. @throws HubError blob.* */
export async function headBlob(
  hub: KeepsBlobs,
  place: BlobPlace,
  sas: BlobSas,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const conditions: BlobConditions = conditionsIn(request.headers);
  const blob = await hub.blobs.find(place);
  if (blob === undefined) throw notFound(place);
  if (isUnchanged(conditions, blob)) return notModified(reply, blob);
  requireReadable(conditions, blob);
  setBlobHeaders(reply, blob);
  overrideHeaders(reply, sas);
  if (request.method === 'HEAD') reply.header('content-length', blob.bytes);
  return reply.code(200).send();
}

/** Storage computes a digest of a range up to this size. */
const MD5_RANGE_BYTES_MAX = 4 * 1_048_576;

export function notFound({ name }: BlobPlace): HubError {
  return new HubError('blob.notFound', `there is no blob "${name.slice(0, 160)}"`);
}

function setRangeHeaders(reply: FastifyReply, { bytes, contentMd5 }: BlobRecord, { start, end }: ByteRange): void {
  reply.header('content-range', `bytes ${start}-${end}/${bytes}`);
  // The digest is of the whole, and the plain header would be taken for that of the part.
  if (contentMd5 !== null) reply.removeHeader('content-md5').header('x-ms-blob-content-md5', contentMd5);
}

async function withMd5(reply: FastifyReply, stream: Readable): Promise<Buffer> {
  const content = Buffer.concat(await stream.toArray());
  reply.header('content-md5', createHash('md5').update(content).digest('base64'));
  return content;
}

function notModified(reply: FastifyReply, { etag }: BlobRecord, stream?: Readable): FastifyReply {
  stream?.destroy();
  return reply.code(304).header('etag', `"${etag}"`).header('x-ms-error-code', 'ConditionNotMet').send();
}

/** What the signature says the answer's headers are. */
function overrideHeaders(reply: FastifyReply, { headers }: BlobSas): void {
  const [cacheControl, disposition, encoding, language, type] = headers;
  const given = {
    'cache-control': cacheControl,
    'content-disposition': disposition,
    'content-encoding': encoding,
    'content-language': language,
    'content-type': type,
  };
  for (const [name, value] of Object.entries(given)) {
    if (value === '') continue;
    if (!/^[\x20-\x7e]*$/.test(value)) throw new HubError('argument.invalid', `${name} in the signature is no header`);
    reply.header(name, value);
  }
}
