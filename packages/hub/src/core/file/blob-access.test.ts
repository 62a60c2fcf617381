import {
  BlobSASPermissions,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { HubError } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlobPlace } from '../ports.ts';
import { mintBlobSas, parseBlobSas } from './blob-sas.ts';
import { type BlobAction, decideBlobAccess } from './decide-blob-access.ts';

const KEY = Buffer.alloc(64, 7);
const NOW = Date.UTC(2030, 0, 1, 12);
const HOUR = 3_600_000;
const PLACE: BlobPlace = { container: 'device-uploads', name: 'd1/a b/é.bin' };
const OTHER: BlobPlace = { ...PLACE, name: 'd1/other' };
const NEITHER: BlobPlace = { container: 'other', name: 'd1/other' };

function outcome(query: string, place: BlobPlace, action: BlobAction, now = NOW): string {
  try {
    const { newOnly } = decideBlobAccess(parseBlobSas(new URLSearchParams(query)), { place, action }, KEY, now);
    return newOnly ? 'new only' : 'yes';
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
}

const mint = (permissions: string, wholeContainer = false) =>
  mintBlobSas(KEY, PLACE, { permissions, expiryTime: NOW + HOUR, wholeContainer });
const MISMATCH = 'credential.signatureMismatch';
const RIGHTS = 'credential.insufficientRights';

describe('a signature for a blob', () => {
  it.each<[string, BlobPlace, BlobAction, string]>([
    ['r', PLACE, 'read', 'yes'],
    ['r', PLACE, 'write', RIGHTS],
    ['r', PLACE, 'delete', RIGHTS],
    ['r', PLACE, 'list', RIGHTS],
    ['w', PLACE, 'write', 'yes'],
    ['w', PLACE, 'read', RIGHTS],
    ['c', PLACE, 'write', 'new only'],
    ['cw', PLACE, 'write', 'yes'],
    ['rw', PLACE, 'write', 'yes'],
    ['rw', PLACE, 'delete', RIGHTS],
    ['d', PLACE, 'delete', 'yes'],
    ['', PLACE, 'read', RIGHTS],
    ['rl', PLACE, 'list', RIGHTS],
    ['rwdl', OTHER, 'read', MISMATCH],
    ['rwdl', NEITHER, 'read', MISMATCH],
  ])('with "%s" for %o to %s: %s', (permissions, place, action, expected) => {
    expect(outcome(mint(permissions), place, action)).toBe(expected);
  });

  it.each<[string, BlobPlace, BlobAction, string]>([
    ['r', PLACE, 'read', 'yes'],
    ['r', OTHER, 'read', 'yes'],
    ['rl', OTHER, 'list', 'yes'],
    ['r', OTHER, 'write', RIGHTS],
    ['rl', NEITHER, 'list', MISMATCH],
  ])('of a whole container with "%s" for %o to %s: %s', (permissions, place, action, expected) => {
    expect(outcome(mint(permissions, true), place, action)).toBe(expected);
  });

  it('runs out, and may not be used too early', () => {
    expect(outcome(mint('r'), PLACE, 'read', NOW + HOUR - 1)).toBe('yes');
    expect(outcome(mint('r'), PLACE, 'read', NOW + HOUR)).toBe('credential.expired');
    const later = official({ startsOn: new Date(NOW + HOUR), expiresOn: new Date(NOW + 2 * HOUR) });
    expect(outcome(later, PLACE, 'read')).toBe('credential.expired');
    expect(outcome(later, PLACE, 'read', NOW + HOUR)).toBe('yes');
  });

  it('is good for nothing once a character of it is changed', () => {
    const good = mint('r');
    for (const [from, to] of [
      ['sp=r', 'sp=rw'],
      ['sr=b', 'sr=c'],
      ['2030', '2031'],
      ['sv=2020-12-06', 'sv=2018-11-09'],
      ['spr=https', 'spr='],
      ['sig=', 'sig=A'],
    ] as const) {
      expect(outcome(good.replace(from, to), PLACE, 'read')).not.toBe('yes');
    }
    expect(outcome(good.replace(/sig=[^&]+/, 'sig='), PLACE, 'read')).toBe(MISMATCH);
    expect(outcome('', PLACE, 'read')).toBe('credential.missing');
  });

  it.each(['sip=1.2.3.4', 'si=policy', 'skoid=x', 'ss=b', 'sp=rw', 'sig=x', 'snapshot=now'])(
    'with %s besides is refused, and not taken for the wider one',
    (more) => {
      expect(outcome(`${mint('r')}&${more}`, PLACE, 'read')).toBe('credential.malformed');
    },
  );

  it('of another key is refused', () => {
    const forged = mintBlobSas(Buffer.alloc(64, 8), PLACE, { permissions: 'r', expiryTime: NOW + HOUR });
    expect(outcome(forged, PLACE, 'read')).toBe(MISMATCH);
  });

  it('does not become one for another blob when lines of the name are taken for fields', () => {
    // What a device gets for a name of its own choosing, read again with the field before it holding the first half.
    const own = { ...PLACE, name: `d1/x\n\n2099-01-01T00:00:00Z\n/blob/viaduct/${OTHER.container}/d2/secret` };
    const got = new URLSearchParams(mintBlobSas(KEY, own, { permissions: 'rw', expiryTime: NOW + HOUR }));
    const before = `rw\n\n${got.get('se')}\n/blob/viaduct/${PLACE.container}/d1/x`;
    const forged = new URLSearchParams(got);
    forged.set('sp', before);
    forged.set('se', '2099-01-01T00:00:00Z');
    const wanted = { ...PLACE, name: 'd2/secret' };
    for (const action of ['read', 'write', 'delete'] as const) {
      expect(outcome(`${forged}`, wanted, action)).toBe('credential.malformed');
    }
    expect(outcome(`${got}`, own, 'write')).toBe('yes');
  });

  it.each(['sp', 'st', 'se', 'spr', 'rscc', 'rscd', 'rsce', 'rscl', 'rsct'])(
    'with a line break in %s is refused, for fields are lines of what is signed',
    (name) => {
      const query = new URLSearchParams(mint('r'));
      query.set(name, `${query.get(name) ?? ''}\n`);
      expect(outcome(`${query}`, PLACE, 'read')).toBe('credential.malformed');
    },
  );

  it('is a value or a refusal, whatever the query', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.constantFrom('read', 'write', 'list', 'delete'), (query, action) => {
        expect(outcome(`${query}&sig=x`, PLACE, action as BlobAction)).not.toBe('yes');
      }),
    );
  });
});

type Options = Partial<Parameters<typeof generateBlobSASQueryParameters>[0]>;

function official(options: Options): string {
  const credential = new StorageSharedKeyCredential('viaduct', KEY.toString('base64'));
  const values = {
    containerName: PLACE.container,
    blobName: PLACE.name,
    permissions: BlobSASPermissions.parse('r'),
    expiresOn: new Date(NOW + HOUR),
  };
  return generateBlobSASQueryParameters({ ...values, ...options } as never, credential).toString();
}

describe('a signature that the official storage client made with the key', () => {
  it.each(['2015-04-05', '2018-03-28', '2018-11-09', '2020-10-02', '2020-12-06', undefined])(
    'of version %s is ours',
    (version) => {
      const options: Options = version === undefined ? {} : { version };
      expect(outcome(official(options), PLACE, 'read')).toBe('yes');
      expect(outcome(official({ ...options, protocol: SASProtocol.Https }), PLACE, 'read')).toBe('yes');
      expect(outcome(official({ ...options, contentType: 'text/plain' }), PLACE, 'read')).toBe('yes');
      expect(outcome(official({ ...options, contentType: 'text/plain' }), OTHER, 'read')).toBe(MISMATCH);
    },
  );

  it('of a container opens its list', () => {
    const { blobName: _none, ...container } = { blobName: '', permissions: ContainerSASPermissions.parse('rl') };
    const credential = new StorageSharedKeyCredential('viaduct', KEY.toString('base64'));
    const query = generateBlobSASQueryParameters(
      { containerName: PLACE.container, expiresOn: new Date(NOW + HOUR), ...container },
      credential,
    ).toString();
    expect(outcome(query, PLACE, 'list')).toBe('yes');
    expect(outcome(query, OTHER, 'read')).toBe('yes');
    expect(outcome(query, OTHER, 'write')).toBe(RIGHTS);
  });
});
