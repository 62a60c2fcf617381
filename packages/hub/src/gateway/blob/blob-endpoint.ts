import { HubError, isValidId, LIMITS } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newGuid } from '../../core/command/new-guid.ts';
import { requireCheckpointPlace } from '../../core/consumer/checkpoint-store.ts';
import { CHECKPOINTS_CONTAINER, UPLOADS_CONTAINER } from '../../core/file/blob-name.ts';
import { parseBlobSas } from '../../core/file/blob-sas.ts';
import { type BlobAction, decideBlobAccess } from '../../core/file/decide-blob-access.ts';
import type { Hub } from '../../core/hub.ts';
import { replyWithBlobProblem } from './blob-problem.ts';
import { BLOB_PATHS, type BlobTarget, parseBlobTarget } from './blob-target.ts';
import { blockListXml } from './blob-xml.ts';
import { listBlobs } from './list-blobs.ts';
import { getBlob, headBlob, notFound } from './read-blob.ts';
import {
  type BlobWriteRequest,
  deleteBlob,
  putBlob,
  putBlock,
  putBlockList,
  setMetadata,
  setProperties,
} from './write-blob.ts';

/** Spoken to clients that do not say which version they speak. */
const VERSION = '2020-12-06';

type Writer = (write: BlobWriteRequest) => Promise<FastifyReply>;

/** Which call a PUT is: by `comp`. */
const PUTS: ReadonlyMap<string, Writer> = new Map([
  ['', putBlob],
  ['block', putBlock],
  ['blocklist', putBlockList],
  ['properties', setProperties],
  ['metadata', setMetadata],
]);

/**
 * Blobs over HTTPS as storage clients know them, as a Fastify plugin with a scope of its own: bodies are passed on as streams,
 * and errors are XML.
 *
 *     URL ─► blob or container ─► signature permits the action? ─► call
 *
 * The server's Fastify needs a `maxParamLength` that fits an encoded name.
 *
 *     app.register(blobEndpoint(hub))
 */
export function blobEndpoint(hub: Hub): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.decorateRequest('trackingId', '');
    app.addHook('onRequest', async (request, reply) => {
      request.trackingId = newGuid(hub);
      setCommonHeaders(request, reply);
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    app.setErrorHandler((error, request, reply) =>
      replyWithBlobProblem(hub, error, request, reply, deviceIn(request.raw.url ?? '')),
    );
    const options = { exposeHeadRoute: false, method: ['GET', 'HEAD', 'PUT', 'DELETE'] };
    for (const first of BLOB_PATHS) {
      for (const url of [`/${first}`, `/${first}/*`]) {
        app.route({ ...options, url, handler: (request, reply) => answer(hub, request, reply) });
      }
    }
  };
}

async function answer(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const target = parseBlobTarget(request.raw.url ?? '');
  return target.name === '' ? answerContainer(hub, target, request, reply) : answerBlob(hub, target, request, reply);
}

async function answerContainer(
  hub: Hub,
  target: BlobTarget,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { container, query } = target;
  const isList = request.method === 'GET' && query.get('restype') === 'container' && query.get('comp') === 'list';
  authorize(hub, target, 'list');
  if (!isList) throw notOffered(request, target);
  return reply.type('application/xml').send(await listBlobs(hub, container, query));
}

async function answerBlob(
  hub: Hub,
  target: BlobTarget,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { method } = request;
  const comp = target.query.get('comp') ?? '';
  if (method === 'PUT' || method === 'DELETE') {
    const { access } = authorize(hub, target, method === 'PUT' ? 'write' : 'delete');
    if (method === 'PUT' && target.container === CHECKPOINTS_CONTAINER) requireCheckpoint(target, comp, request);
    const write = method === 'PUT' ? PUTS.get(comp) : deleteBlob;
    if (write === undefined || !(method === 'PUT' || comp === '')) throw notOffered(request, target);
    return write({ hub, place: target, access, query: target.query, request, reply });
  }
  const { sas } = authorize(hub, target, 'read');
  if (method === 'GET' && comp === '') return getBlob(hub, target, sas, request, reply);
  if (method === 'GET' && comp === 'blocklist') return answerBlocks(hub, target, reply);
  if (comp === '' || comp === 'metadata') return headBlob(hub, target, sas, request, reply);
  throw notOffered(request, target);
}

/** A permission for readers' checkpoints is good for long: it must not be one to store just anything. @throws HubError argument.invalid */
function requireCheckpoint({ name }: BlobTarget, comp: string, { headers }: FastifyRequest): void {
  requireCheckpointPlace(name);
  const bytes = comp === 'block' || comp === 'blocklist' ? Number.NaN : Number(headers['content-length']);
  if (bytes <= LIMITS.CHECKPOINT_BYTES_MAX) return;
  throw new HubError(
    'argument.invalid',
    `a checkpoint is written whole, with at most ${LIMITS.CHECKPOINT_BYTES_MAX} bytes`,
  );
}

/** Get Block List. A name with staged blocks only has a list, though there is no blob yet. */
async function answerBlocks(hub: Hub, target: BlobTarget, reply: FastifyReply): Promise<FastifyReply> {
  const which = (target.query.get('blocklisttype') || 'committed').toLowerCase();
  const { committed, staged } = await hub.blobs.blocks(target);
  const blob = await hub.blobs.find(target);
  if (blob === undefined && staged.length === 0) throw notFound(target);
  if (blob !== undefined) reply.header('etag', `"${blob.etag}"`).header('x-ms-blob-content-length', blob.bytes);
  const list = blockListXml(
    which === 'uncommitted' ? undefined : committed,
    which === 'committed' ? undefined : staged,
  );
  return reply.type('application/xml').send(list);
}

/** @throws HubError credential.* */
function authorize(hub: Hub, place: BlobTarget, action: BlobAction) {
  const sas = parseBlobSas(place.query);
  const access = decideBlobAccess(sas, { place, action }, hub.blobKey, hub.clock.now());
  // The decision refuses where there is none.
  if (sas === undefined) throw new HubError('credential.missing', 'no shared access signature is in the URL');
  return { sas, access };
}

function setCommonHeaders({ headers, trackingId }: FastifyRequest, reply: FastifyReply): void {
  const { 'x-ms-version': version, 'x-ms-client-request-id': clientId } = headers;
  reply.headers({
    server: 'Viaduct-Blob/1.0',
    'x-ms-request-id': trackingId,
    'x-ms-version': typeof version === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(version) ? version : VERSION,
    // A device chose content and type, and the console is of the same origin: nothing here may run in a browser.
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  });
  if (typeof clientId === 'string' && clientId.length <= LIMITS.BLOB_CLIENT_ID_CHARACTERS_MAX) {
    reply.header('x-ms-client-request-id', clientId);
  }
}

/** Whose folder is asked for. Null when no valid id stands there. */
function deviceIn(url: string): string | null {
  try {
    const { container, name } = parseBlobTarget(url);
    const [deviceId = ''] = name.split('/');
    return container === UPLOADS_CONTAINER && isValidId(deviceId) ? deviceId : null;
  } catch {
    // Then it is no blob's URL, which is what is being refused.
    return null;
  }
}

function notOffered({ method }: FastifyRequest, { query }: BlobTarget): HubError {
  const what = ['restype', 'comp'].flatMap((name) => (query.has(name) ? [`${name}=${query.get(name)}`] : []));
  return new HubError('route.notFound', `${method} ${what.join('&').slice(0, 80)} is not offered here`);
}
