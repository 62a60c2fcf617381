import { asHubError, type ErrorCode, HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BooksRefusals } from '../../core/hub.ts';
import { writeXml } from './blob-xml.ts';

/** How storage says what we refuse: a status where it differs from the table's, and `x-ms-error-code`. */
const STORAGE_CODES: Partial<Record<ErrorCode, readonly [http: number, code: string]>> = {
  'credential.missing': [401, 'NoAuthenticationInformation'],
  'credential.malformed': [403, 'AuthenticationFailed'],
  'credential.signatureMismatch': [403, 'AuthenticationFailed'],
  'credential.expired': [403, 'AuthenticationFailed'],
  'credential.insufficientRights': [403, 'AuthorizationPermissionMismatch'],
  'blob.notFound': [404, 'BlobNotFound'],
  'blob.containerNotFound': [404, 'ContainerNotFound'],
  'blob.exists': [409, 'BlobAlreadyExists'],
  'blob.conditionNotMet': [412, 'ConditionNotMet'],
  'blob.rangeInvalid': [416, 'InvalidRange'],
  'blob.md5Mismatch': [400, 'Md5Mismatch'],
  'blob.bodyIncomplete': [400, 'InvalidInput'],
  'blob.tooLarge': [413, 'RequestBodyTooLarge'],
  'blob.blockListInvalid': [400, 'InvalidBlockList'],
  'blob.tooManyBlocks': [409, 'BlockCountExceedsLimit'],
  'blob.stageFull': [503, 'ServerBusy'],
  'store.unavailable': [503, 'ServerBusy'],
  'server.draining': [503, 'ServerBusy'],
  'argument.invalid': [400, 'InvalidInput'],
  'format.invalid': [400, 'InvalidXmlDocument'],
  'route.notFound': [400, 'InvalidQueryParameterValue'],
};

/** What an operator should hear of: somebody without a right to, or a device that cannot get its file in. */
const BOOKED: ReadonlySet<ErrorCode> = new Set([
  'blob.md5Mismatch',
  'blob.tooLarge',
  'blob.tooManyBlocks',
  'blob.stageFull',
  'store.unavailable',
]);

/** Who is refused so has shown no signature of ours: the device whose folder is in the URL need know nothing of it. */
const UNPROVEN: ReadonlySet<ErrorCode> = new Set([
  'credential.missing',
  'credential.malformed',
  'credential.signatureMismatch',
]);

/**
 * The only way a refusal leaves the blob endpoint.
 *
 *     x-ms-error-code: BlobNotFound
 *     <Error><Code>BlobNotFound</Code><Message>why⏎RequestId:…⏎Time:…</Message></Error>
 *
 * `folderOf` is the device in the URL: the refusal is booked under it when the request was signed by us.
 */
export function replyWithBlobProblem(
  hub: BooksRefusals,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  folderOf: string | null,
): FastifyReply {
  const error = asHubError(asRequestRefusal(thrown));
  const { trackingId } = request;
  if (error.code === 'server.fault') request.log.error({ err: thrown, trackingId }, 'fault in a blob request');
  if (error.code.startsWith('credential.') || BOOKED.has(error.code)) {
    const { code } = error;
    // Under the device anybody could write: a stranger would push out of its book what it was really refused.
    const isProven = !UNPROVEN.has(code);
    const message =
      isProven || folderOf === null ? error.message : `${error.message}; asked for a file of "${folderOf}"`;
    const deviceId = isProven ? folderOf : null;
    hub.refusals.record({ deviceId, code, message, transport: 'https', remoteAddress: request.ip });
  }
  const [http, code] = STORAGE_CODES[error.code] ?? [500, 'InternalError'];
  reply.code(http).header('x-ms-error-code', code);
  // Of a body that nobody wants the rest need not be sent.
  if (!request.raw.complete && isLarge(request)) reply.header('connection', 'close');
  if (request.method === 'HEAD') return reply.send();
  const message = `${error.message}\nRequestId:${trackingId}\nTime:${new Date().toISOString()}`;
  return reply.type('application/xml').send(writeXml({ Error: { Code: code, Message: message } }));
}

function isLarge({ headers }: FastifyRequest): boolean {
  return Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) > LIMITS.BLOB_DISCARDED_BYTES_MAX;
}

/** What Fastify itself refuses, in our words. */
function asRequestRefusal(thrown: unknown): unknown {
  if (thrown instanceof HubError || !(thrown instanceof Error)) return thrown;
  const { statusCode = 500 } = thrown as { statusCode?: number };
  return statusCode < 500 ? new HubError('argument.invalid', thrown.message, { cause: thrown }) : thrown;
}
