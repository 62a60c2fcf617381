import { issueCertificate } from '@viaduct/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathLengthOf } from './basic-constraints.ts';
import { derValues } from './der.ts';
import { weakSignatureOf } from './weak-signature.ts';

it('finds path length and signature algorithm as they were written', async () => {
  for (const pathLength of [undefined, 0, 1, 7, 127, 128, 40_000]) {
    const { certificate } = await issueCertificate({
      commonName: 'CA',
      ca: true,
      ...(pathLength === undefined ? {} : { pathLength }),
    });
    expect(pathLengthOf(certificate.raw)).toBe(pathLength);
    expect(weakSignatureOf(certificate.raw)).toBeUndefined();
  }
  const old = await issueCertificate({ commonName: 'CA', ca: true, hash: 'SHA-1' });
  expect(weakSignatureOf(old.certificate.raw)).toBe('SHA-1 with ECDSA');
});

it('reads any bytes to an end, and nothing beyond them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const der = Buffer.from(bytes);
      let before = 0;
      for (const { start, end } of derValues(der, { start: 0, end: der.length })) {
        expect(start).toBeGreaterThan(before);
        expect(end).toBeLessThanOrEqual(der.length);
        before = end;
      }
      pathLengthOf(der);
      weakSignatureOf(der);
    }),
  );
});

it('reads a certificate of which any byte was changed', async () => {
  const { raw } = (await issueCertificate({ commonName: 'CA', ca: true, pathLength: 3 })).certificate;
  for (let i = 0; i < raw.length; i++) {
    const changed = Buffer.from(raw);
    changed.writeUInt8(raw.readUInt8(i) ^ 0xff, i);
    pathLengthOf(changed);
    weakSignatureOf(changed);
  }
});
