import { EndpointFailure } from '../../core/routing/endpoint.ts';
import { connectFailure } from '../connect-failure.ts';
import { errorsWithin } from '../errors-within.ts';
import { stopped } from '../in-time.ts';

/** What stays until somebody changes something, and what to change. Source: Amazon S3, "List of error codes". */
const PERMANENT_WORDS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket: make it, or correct "bucket" or "region"',
  InvalidBucketName: 'there can be no bucket of that name: correct "bucket"',
  AccessDenied: 'this key may not write there: allow it s3:PutObject and s3:AbortMultipartUpload in the bucket',
  AllAccessDisabled: 'the bucket is closed to everybody: ask whoever runs the service',
  AccountProblem: 'something is wrong with the account: ask whoever runs the service',
  InvalidAccessKeyId: 'it does not know the key: correct "accessKeyId"',
  SignatureDoesNotMatch:
    'the secret does not belong to the key: correct "secretAccessKey"; else a proxy changes requests',
  AuthorizationHeaderMalformed: 'the requests are signed for another region: correct "region"',
  RequestTimeTooSkewed: 'its clock and this machine’s differ too much: set the clocks',
  PermanentRedirect: 'the bucket is elsewhere: correct "endpoint" and "region"',
  ExpiredToken: 'the key has expired: make a new one',
  NotImplemented: 'it does not offer what is needed: PutObject, and multipart uploads for large files',
};

/** Refusals of the class "your request is wrong" that the next try does not get. */
const PASSING: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'TemporaryRedirect',
  'BadDigest',
  'IncompleteBody',
  'XAmzContentSHA256Mismatch',
  'NoSuchUpload',
  'OperationAborted',
  'SlowDown',
]);
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** @param where  bucket and endpoint, as the beginning of a sentence */
export function s3Failure(where: string, error: unknown, answerSeconds: number): EndpointFailure {
  if (error instanceof EndpointFailure) return error;
  const { name: code, message } = error as Error;
  if (code === 'AbortError') return stopped(`writing to ${where}`);
  if (code === 'TimeoutError') return failure('transient', `${where} did not answer within ${answerSeconds} s`, error);
  const words = PERMANENT_WORDS[code];
  if (words !== undefined) return failure('permanent', `${where}: ${words} (${code})`, error);
  const status = statusOf(error);
  if (status === undefined) {
    const said = errorsWithin(error).at(0)?.message ?? message;
    return connectFailure(where, error) ?? failure('transient', `${where}: ${said.slice(0, WORDS_MAX)}`, error);
  }
  const isPassing = status >= 500 || PASSING_STATUS.has(status) || PASSING.has(code);
  const text = `${where} answered ${status}, ${code}: ${message.slice(0, WORDS_MAX)}`;
  return failure(isPassing ? 'transient' : 'permanent', text, error);
}

/** Of the answer, if there was one that was not a success. */
function statusOf(error: unknown): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return typeof status === 'number' && status >= 300 ? status : undefined;
}

function failure(kind: 'transient' | 'permanent', message: string, cause: unknown): EndpointFailure {
  return new EndpointFailure(kind, message, { cause });
}

/** Of the service's own words, characters. */
const WORDS_MAX = 300;
