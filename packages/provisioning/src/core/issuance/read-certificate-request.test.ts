import { HubError, LIMITS } from '@viaduct/contracts';
import { type CsrInput, makeCertificateRequest } from '@viaduct/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCertificateRequest } from './read-certificate-request.ts';

const csrOf = async (input: Partial<CsrInput> = {}) =>
  (await makeCertificateRequest({ commonName: 'pump', ...input })).csr;

function refusalOf(csr: string): string {
  try {
    readCertificateRequest(csr);
  } catch (error) {
    if (error instanceof HubError && error.code === 'csr.invalid') return error.message;
    throw error;
  }
  throw new Error('it was read');
}

/** The bytes with one sequence of them replaced by another of the same length, where it is first or last. */
function altered(csr: string, hex: string, by: string, where: 'first' | 'last' = 'first'): string {
  const text = Buffer.from(csr, 'base64').toString('hex');
  const at = where === 'first' ? text.indexOf(hex) : text.lastIndexOf(hex);
  expect(at).toBeGreaterThan(-1);
  return Buffer.from(text.slice(0, at) + by + text.slice(at + hex.length), 'hex').toString('base64');
}

describe('readCertificateRequest', () => {
  it.each([
    ['EC-P256', 'SHA-256'],
    ['EC-P384', 'SHA-384'],
    ['RSA-2048', 'SHA-256'],
    ['RSA-3072', 'SHA-512'],
  ] as const)('reads a request for a key %s that is signed with %s', async (key, hash) => {
    expect(readCertificateRequest(await csrOf({ key, hash }))).toMatchObject({ commonName: 'pump', keyType: key });
  });

  it('reads PEM as well, and base64 in lines', async () => {
    const { csr, pem } = await makeCertificateRequest({ commonName: 'pump' });
    for (const text of [
      pem,
      `\n${pem}\n`,
      pem.replaceAll('CERTIFICATE', 'NEW CERTIFICATE'),
      csr.replace(/.{64}/g, '$&\r\n'),
    ]) {
      expect(readCertificateRequest(text).commonName).toBe('pump');
    }
  });

  it.each<[string, Partial<CsrInput>, RegExp]>([
    ['an RSA key that is too small', { key: 'RSA-1024' }, /1024 bits: keys of 2048 to 4096/],
    ['a curve that is not signed', { key: 'EC-P521' }, /curve secp521r1: P-256 and P-384/],
    ['a SHA-1 signature', { hash: 'SHA-1' }, /SHA-1 with ECDSA, which can be forged/],
    ['a SHA-1 signature with RSA', { key: 'RSA-2048', hash: 'SHA-1' }, /SHA-1 with RSA, which can be forged/],
    ['no common name', { commonName: [] }, /no common name: it must be the registration id/],
    ['two common names', { commonName: ['pump', 'other'] }, /2 common names: it must have one/],
  ])('refuses %s', async (_what, input, words) => {
    expect(refusalOf(await csrOf(input))).toMatch(words);
  });

  it('refuses an MD5 signature', async () => {
    const md5 = altered(await csrOf({ key: 'RSA-2048' }), '06092a864886f70d01010b', '06092a864886f70d010104');
    expect(refusalOf(md5)).toMatch(/MD5 with RSA, which can be forged/);
  });

  it('refuses what was changed after it was signed, and what was signed with another key', async () => {
    const name = Buffer.from('pump').toString('hex');
    expect(refusalOf(altered(await csrOf(), name, Buffer.from('pumq').toString('hex')))).toMatch(
      /not made with its key/,
    );
    const [one, other] = await Promise.all([csrOf(), csrOf()]);
    const point = (csr: string) => Buffer.from(csr, 'base64').toString('hex').split('03420004')[1]?.slice(0, 128) ?? '';
    expect(refusalOf(altered(one, point(one), point(other)))).toMatch(/not made with its key/);
  });

  it('refuses a method of signing that does not belong to the key', async () => {
    const ecdsa = '06082a8648ce3d040302';
    expect(refusalOf(altered(await csrOf(), ecdsa, '06082a8648ce3d04030f', 'last'))).toMatch(
      /method that is not known/,
    );
  });

  it('refuses what is no request', async () => {
    const csr = await csrOf();
    const der = Buffer.from(csr, 'base64');
    expect(refusalOf('')).toMatch(/not base64 of DER/);
    expect(refusalOf('a certificate, please')).toMatch(/not base64 of DER/);
    expect(refusalOf('-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----')).toMatch(
      /must stay on the device/,
    );
    expect(refusalOf(der.subarray(0, -1).toString('base64'))).toMatch(/missing or changed/);
    expect(refusalOf(Buffer.concat([der, Buffer.of(5, 0)]).toString('base64'))).toMatch(/missing or changed/);
    expect(refusalOf('A'.repeat(LIMITS.CSR_CHARACTERS_MAX + 1))).toMatch(/characters; at most/);
  });

  it('gives a request or a refusal for any text and for any change of a good request', async () => {
    const der = Buffer.from(await csrOf(), 'base64');
    const answers = (text: string) => {
      try {
        return readCertificateRequest(text).commonName;
      } catch (error) {
        expect(error).toMatchObject({ code: 'csr.invalid' });
        return undefined;
      }
    };
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String({ maxLength: 400 })), (text) => void answers(text)));
    const change = fc.record({ at: fc.nat(der.length - 1), to: fc.nat(255), cut: fc.boolean() });
    fc.assert(
      fc.property(change, ({ at, to, cut }) => {
        fc.pre(cut || der[at] !== to);
        const bytes = cut
          ? der.subarray(0, at)
          : Buffer.concat([der.subarray(0, at), Buffer.of(to), der.subarray(at + 1)]);
        // Whatever was changed, the signature covers it, or it is the signature.
        expect(answers(bytes.toString('base64'))).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});
