import { HubError } from '@viaduct/contracts';
import type { BlobPlace } from '../ports.ts';
import { type BlobSas, signedForPlace } from './blob-sas.ts';

/** What somebody wants of a blob. `write` changes what is there; `create` makes what is not. `list` is of a container. */
export type BlobAction = 'read' | 'write' | 'delete' | 'list';

/** Letters of `sp`, any of which permits the action. */
const PERMITTED_BY: Readonly<Record<BlobAction, string>> = { read: 'r', write: 'wc', delete: 'd', list: 'l' };

export interface BlobAccess {
  /** A permission to create and not to write: what is there already stays as it is. */
  readonly newOnly: boolean;
}

/**
 * Whether a signature opens this blob for this action now. Pure.
 *
 *  - signed with our key, for this blob, or for its container: a blob's signature opens no other, and no list
 *  - not before `st`, not after `se`, which must be there
 *
 * @throws HubError credential.missing, credential.signatureMismatch, credential.expired, credential.insufficientRights,
 *   credential.malformed
 */
export function decideBlobAccess(
  sas: BlobSas | undefined,
  wanted: { readonly place: BlobPlace; readonly action: BlobAction },
  key: Buffer,
  now: number,
): BlobAccess {
  const { place, action } = wanted;
  if (sas === undefined) throw new HubError('credential.missing', 'no shared access signature is in the URL');
  // First of all: nothing a token says is worth telling before it is known to be ours.
  if (!signedForPlace(key, place, sas)) {
    const text = `the signature is not ours, or was made for another ${sas.resource === 'b' ? 'blob' : 'container'}`;
    throw new HubError('credential.signatureMismatch', text);
  }
  requireInTime(sas, now);
  const letters = PERMITTED_BY[action];
  const isPermitted = [...letters].some((letter) => sas.permissions.includes(letter));
  if (!isPermitted || (action === 'list' && sas.resource === 'b')) {
    throw new HubError('credential.insufficientRights', `the signature permits "${sas.permissions}", not to ${action}`);
  }
  return { newOnly: action === 'write' && !sas.permissions.includes('w') };
}

function requireInTime({ start, expiry, protocol }: BlobSas, now: number): void {
  if (protocol !== '' && !protocol.split(',').includes('https')) {
    throw new HubError('credential.malformed', 'the signature is not for https');
  }
  const expiryTime = timeOf(expiry, 'se');
  if (expiryTime <= now) {
    throw new HubError('credential.expired', `the signature ran out at ${expiry}`);
  }
  if (start !== '' && timeOf(start, 'st') > now) {
    throw new HubError('credential.expired', `the signature is not good before ${start}`);
  }
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?Z)?$/;

/** The forms that storage documents: a day, or a time to the minute or finer in UTC. */
function timeOf(text: string, name: string): number {
  const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new HubError('credential.malformed', `"${name}" is no time in UTC`);
  return time;
}
