import { createHmac, timingSafeEqual } from 'node:crypto';
import { HubError } from '@viaduct/contracts';
import type { BlobPlace } from '../ports.ts';

/** The storage account that our signatures name. There is one; the word is in what is signed. */
export const BLOB_ACCOUNT = 'viaduct';

/**
 * Shared access signatures of blobs: what a URL may do with which blob or container, until when.
 *
 *     sv=2020-12-06&sr=b&sig=…&se=2026-11-23T20:00:00Z&spr=https&sp=rw
 *
 * Clients pass ours through, or make their own with the key. What is signed depends on `sv`, the version of the format.
 * Source: Azure Storage REST, "Create a service SAS", sections on the string to sign.
 */
export interface BlobSas {
  /** `sp`: letters of what is permitted, in any order. */
  readonly permissions: string;
  /** `st`: not before, as given; '' for at once. */
  readonly start: string;
  /** `se`: not after, as given. */
  readonly expiry: string;
  /** `sr`: a blob or everything in a container. */
  readonly resource: 'b' | 'c';
  /** `sv`. */
  readonly version: string;
  /** `spr`: 'https' or 'https,http'; '' for either. */
  readonly protocol: string;
  /** `rscc`, `rscd`, `rsce`, `rscl`, `rsct`: headers that a read answers instead of the blob's own. */
  readonly headers: readonly [string, string, string, string, string];
  /** `sig`, base64. */
  readonly signature: string;
}

const MINTED_VERSION = '2020-12-06';
const HEADER_KEYS = ['rscc', 'rscd', 'rsce', 'rscl', 'rsct'] as const;

/** Narrows what is permitted in ways that we do not judge: to ignore one would be to permit more than was signed. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  si: 'stored access policies',
  sip: 'address ranges',
  ses: 'encryption scopes',
  skoid: 'user delegation keys',
  ss: 'signatures for a whole account',
  sdd: 'directories',
  snapshot: 'snapshots',
  versionid: 'versions',
};

export interface NewBlobSas {
  /** Letters, in the order `racwdl…` that storage demands. */
  readonly permissions: string;
  /** Milliseconds since 1970. */
  readonly expiryTime: number;
  /** Everything in the container instead of the one blob. */
  readonly wholeContainer?: boolean;
}

/** The query of a URL, without `?`. */
export function mintBlobSas(
  key: Buffer,
  place: BlobPlace,
  { permissions, expiryTime, wholeContainer }: NewBlobSas,
): string {
  const unsigned = {
    permissions,
    start: '',
    expiry: new Date(expiryTime).toISOString().replace(/\.\d+Z$/, 'Z'),
    resource: wholeContainer === true ? 'c' : 'b',
    version: MINTED_VERSION,
    protocol: 'https',
    headers: ['', '', '', '', ''],
  } as const;
  const signature = signatureOf(key, place, unsigned).toString('base64');
  const { version, resource, expiry, protocol } = unsigned;
  const query = { sv: version, sr: resource, sig: signature, se: expiry, spr: protocol, sp: permissions };
  return Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

/** The signature in a query; undefined when there is none. Pure. @throws HubError credential.malformed */
export function parseBlobSas(query: URLSearchParams): BlobSas | undefined {
  if (!query.has('sig')) return undefined;
  const one = (name: string): string => {
    const values = query.getAll(name);
    if (values.length > 1) throw malformed(`"${name}" is given twice`);
    const value = values[0] ?? '';
    // Fields are lines of what is signed, and a device chooses the name among them: a field that could hold a line break
    // could take in part of that name, and leave another blob's in its place.
    if (BREAKS_LINE.test(value)) throw malformed(`"${name}" has a line break`);
    return value;
  };
  for (const [name, what] of Object.entries(NOT_OFFERED)) {
    if (query.has(name)) throw malformed(`"${name}": ${what} are not offered`);
  }
  const resource = one('sr');
  if (resource !== 'b' && resource !== 'c') throw malformed('"sr" is b or c');
  const version = one('sv');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version < OLDEST_VERSION) {
    throw malformed(`"sv" is a version from ${OLDEST_VERSION}`);
  }
  const [rscc, rscd, rsce, rscl, rsct] = HEADER_KEYS.map(one) as [string, string, string, string, string];
  return {
    permissions: one('sp'),
    start: one('st'),
    expiry: one('se'),
    resource,
    version,
    protocol: one('spr'),
    headers: [rscc, rscd, rsce, rscl, rsct],
    // Base64 has no spaces: this one was a plus that somebody did not escape.
    signature: one('sig').replaceAll(' ', '+'),
  };
}

const OLDEST_VERSION = '2015-04-05';
const BREAKS_LINE = /[\r\n]/;

/** Whether the key signed this for this place. In constant time. */
export function signedForPlace(key: Buffer, place: BlobPlace, sas: BlobSas): boolean {
  const expected = signatureOf(key, place, sas);
  const presented = Buffer.from(sas.signature, 'base64');
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}

function signatureOf(key: Buffer, place: BlobPlace, sas: Omit<BlobSas, 'signature'>): Buffer {
  return createHmac('sha256', key).update(textToSign(place, sas), 'utf8').digest();
}

/** Each line a field; what we do not offer is an empty one. */
function textToSign({ container, name }: BlobPlace, sas: Omit<BlobSas, 'signature'>): string {
  const resource = `/blob/${BLOB_ACCOUNT}/${container}${sas.resource === 'b' ? `/${name}` : ''}`;
  const identifier = '';
  const address = '';
  const snapshot = sas.version >= '2018-11-09' ? [sas.resource, ''] : [];
  const encryptionScope = sas.version >= '2020-12-06' ? [''] : [];
  return [
    ...[sas.permissions, sas.start, sas.expiry, resource, identifier, address, sas.protocol, sas.version],
    ...snapshot,
    ...encryptionScope,
    ...sas.headers,
  ].join('\n');
}

function malformed(why: string): HubError {
  return new HubError('credential.malformed', `the shared access signature is not one of ours: ${why}`);
}
