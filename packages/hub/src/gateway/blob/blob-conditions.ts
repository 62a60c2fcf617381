import type { IncomingHttpHeaders } from 'node:http';
import { HubError } from '@viaduct/contracts';
import type { BlobRecord } from '../../core/ports.ts';

/** What a request makes its success depend on. Times in whole seconds, as headers have them. */
export interface BlobConditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: number | undefined;
  readonly ifUnmodifiedSince: number | undefined;
}

export function conditionsIn(headers: IncomingHttpHeaders): BlobConditions {
  return {
    ifMatch: bare(headers['if-match']),
    ifNoneMatch: bare(headers['if-none-match']),
    ifModifiedSince: secondsIn(headers['if-modified-since']),
    ifUnmodifiedSince: secondsIn(headers['if-unmodified-since']),
  };
}

/**
 * Whether a write may go on, by what is there. Pure.
 *
 * @throws HubError blob.exists for `If-None-Match: *`, blob.conditionNotMet
 */
export function requireWritable(conditions: BlobConditions, current: BlobRecord | undefined): void {
  const { ifMatch, ifNoneMatch } = conditions;
  if (current === undefined) {
    if (ifMatch !== undefined) throw notMet('there is no blob whose etag could match');
    return;
  }
  if (ifNoneMatch === '*') throw new HubError('blob.exists', 'there is a blob of this name');
  if (isUnchanged(conditions, current))
    throw notMet('the blob is the version that If-None-Match or If-Modified-Since excludes');
  requireReadable(conditions, current);
}

/** Whether the caller has this version already: a read is answered 304 then. Pure. */
export function isUnchanged(
  { ifNoneMatch, ifModifiedSince }: BlobConditions,
  { etag, modifiedTime }: BlobRecord,
): boolean {
  // An etag is exact and a time is not: with both, the etag decides (RFC 9110 §13.2.2).
  if (ifNoneMatch !== undefined) return ifNoneMatch === '*' || ifNoneMatch === etag;
  return ifModifiedSince !== undefined && Math.floor(modifiedTime / 1_000) <= ifModifiedSince;
}

/** @throws HubError blob.conditionNotMet */
export function requireReadable(
  { ifMatch, ifUnmodifiedSince }: BlobConditions,
  { etag, modifiedTime }: BlobRecord,
): void {
  if (ifMatch !== undefined) {
    if (ifMatch !== '*' && ifMatch !== etag) throw notMet('the etag is another one: the blob was written since');
    return;
  }
  if (ifUnmodifiedSince !== undefined && Math.floor(modifiedTime / 1_000) > ifUnmodifiedSince) {
    throw notMet('the blob was written since');
  }
}

function bare(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  return header.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
}

function secondsIn(header: string | undefined): number | undefined {
  const time = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1_000);
}

function notMet(why: string): HubError {
  return new HubError('blob.conditionNotMet', why);
}
