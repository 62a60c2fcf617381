import type { HubError } from '@viaduct/contracts';
import { issueCertificate } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { createDevice } from '../registry/create-device.ts';
import { addCertificate } from './add-certificate.ts';
import { getCertificate, listCertificates } from './get-certificate.ts';
import { removeCertificate } from './remove-certificate.ts';
import { newVerificationCode, verifyCertificate } from './verify-certificate.ts';

const DAY = 86_400_000;
let hub: TemporaryHub;
let now: number;
beforeEach(async () => {
  hub = await temporaryHub();
  now = hub.clock.now();
});
afterEach(() => hub.close());

const valid = () => ({ validFrom: now - DAY, validTo: now + DAY });
const newRoot = (commonName = 'Root') => issueCertificate({ commonName, ca: true, ...valid() });

async function refusal(attempt: Promise<unknown>): Promise<Pick<HubError, 'code' | 'message'> | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    const { code, message } = error as HubError;
    return { code, message };
  }
}

describe('a certificate authority', () => {
  it('is added as PEM, as base64 of PEM and as base64 of DER, and is not verified', async () => {
    const { pem, certificate } = await newRoot();
    const forms = {
      pem,
      'base64-pem': Buffer.from(pem).toString('base64'),
      'base64.der': certificate.raw.toString('base64'),
    };
    for (const [name, text] of Object.entries(forms)) await addCertificate(hub, { name, certificate: text });
    const listed = await listCertificates(hub);
    expect(listed.map(({ name }) => name)).toEqual(['base64-pem', 'base64.der', 'pem']);
    for (const record of listed) {
      expect(record).toMatchObject({
        subject: 'CN=Root',
        thumbprint: certificate.fingerprint.replaceAll(':', ''),
        validTo: now + DAY,
        isVerified: false,
        verificationCode: null,
      });
    }
  });

  it('is kept over a restart', async () => {
    const { pem } = await newRoot();
    const added = await addCertificate(hub, { name: 'root', certificate: pem, isVerified: true });
    hub = await hub.reopened();
    expect(await getCertificate(hub, 'ROOT')).toEqual(added);
  });

  it('is refused under a name that is taken, in any case, or no name', async () => {
    const { pem: certificate } = await newRoot();
    await addCertificate(hub, { name: 'root', certificate });
    expect(await refusal(addCertificate(hub, { name: 'Root', certificate }))).toMatchObject({
      code: 'certificate.exists',
    });
    for (const name of ['', 'a b', 'ä', 'x'.repeat(65), '../x']) {
      expect(await refusal(addCertificate(hub, { name, certificate }))).toMatchObject({ code: 'certificate.invalid' });
    }
  });

  it('is refused with words when it is none', async () => {
    const root = await newRoot();
    const leaf = await issueCertificate({ commonName: 'd1', issuer: root, ...valid() });
    const old = await issueCertificate({
      commonName: 'Old',
      ca: true,
      validFrom: now - 9 * DAY,
      validTo: now - 3 * DAY,
    });
    const cut = root.pem.replace(/(BEGIN CERTIFICATE-----\n.{30})./, '$1');
    const attempts = {
      [leaf.pem]: 'not one of an authority',
      [old.pem]: 'expired 3 days ago',
      [root.keyPem]: 'private key',
      [`${root.pem}\n${root.keyPem}`]: 'private key',
      [root.pem + leaf.pem]: 'these are 2 certificates',
      [cut]: 'cannot be read',
      'no certificate!': 'neither PEM',
      '': 'neither PEM',
      AAAA: 'cannot be read',
    };
    for (const [certificate, words] of Object.entries(attempts)) {
      expect(await refusal(addCertificate(hub, { name: 'x', certificate })), words).toEqual({
        code: 'certificate.invalid',
        message: expect.stringContaining(words),
      });
    }
    expect(await listCertificates(hub)).toEqual([]);
  });

  it('is verified by a certificate for its code that its key signed, once', async () => {
    const root = await newRoot();
    await addCertificate(hub, { name: 'root', certificate: root.pem });
    const { verificationCode } = await newVerificationCode(hub, 'root');
    expect(verificationCode).toMatch(/^[0-9A-F]{48}$/);
    const proof = await issueCertificate({ commonName: verificationCode ?? '', issuer: root, ...valid() });
    expect(await verifyCertificate(hub, 'root', proof.pem)).toMatchObject({ isVerified: true, verificationCode: null });
    expect(await refusal(verifyCertificate(hub, 'root', proof.pem))).toMatchObject({
      code: 'certificate.proofInvalid',
    });
  });

  it('is not verified by anything else', async () => {
    const root = await newRoot();
    const namesake = await newRoot();
    const name = 'root';
    await addCertificate(hub, { name, certificate: root.pem });
    const stale = (await newVerificationCode(hub, name)).verificationCode ?? '';
    const code = (await newVerificationCode(hub, name)).verificationCode ?? '';
    const proofs = [
      await issueCertificate({ commonName: stale, issuer: root, ...valid() }),
      await issueCertificate({ commonName: code.toLowerCase(), issuer: root, ...valid() }),
      await issueCertificate({ commonName: code, issuer: namesake, ...valid() }),
      await issueCertificate({ commonName: code, ...valid() }),
      await issueCertificate({ commonName: code, issuer: root, validFrom: now - 2 * DAY, validTo: now - DAY }),
      await issueCertificate({ commonName: code, issuer: root, validFrom: now + DAY, validTo: now + 2 * DAY }),
      root,
    ];
    for (const [i, { pem }] of proofs.entries()) {
      expect(await refusal(verifyCertificate(hub, name, pem)), `${i}`).toMatchObject({
        code: 'certificate.proofInvalid',
      });
    }
    expect((await getCertificate(hub, name)).isVerified).toBe(false);
  });

  it('is changed and removed only as its caller knows it', async () => {
    const root = await newRoot();
    const { etag } = await addCertificate(hub, { name: 'root', certificate: root.pem });
    await newVerificationCode(hub, 'root', etag);
    expect(await refusal(newVerificationCode(hub, 'root', etag))).toMatchObject({ code: 'etag.mismatch' });
    expect(await refusal(removeCertificate(hub, 'root', etag))).toMatchObject({ code: 'etag.mismatch' });
    await removeCertificate(hub, 'root', '*');
    expect(await refusal(removeCertificate(hub, 'root'))).toMatchObject({ code: 'certificate.notFound' });
    expect(await hub.authorities.authorities()).toEqual([]);
  });

  it('is to be verified again when it is replaced by another', async () => {
    const [first, second] = [await newRoot(), await newRoot('Second')];
    const { etag } = await addCertificate(hub, { name: 'root', certificate: first.pem, isVerified: true });
    const same = await addCertificate(hub, { name: 'root', certificate: first.pem }, etag);
    expect(same.isVerified).toBe(true);
    const other = await addCertificate(hub, { name: 'root', certificate: second.pem }, same.etag);
    expect(other).toMatchObject({ subject: 'CN=Second', isVerified: false, createdTime: same.createdTime });
  });

  it('takes the connections of those who rely on it along when it goes, and no others', async () => {
    const root = await newRoot();
    await addCertificate(hub, { name: 'root', certificate: root.pem, isVerified: true });
    await createDevice(hub, { deviceId: 'signed' }, { authentication: { type: 'certificateAuthority' } });
    await createDevice(hub, { deviceId: 'keyed' }, {});
    const [signed, keyed] = ['signed', 'keyed'].map((deviceId) => new RecordingSession({ deviceId }, now));
    for (const session of [signed, keyed]) if (session) hub.sessions.enter(session);
    await removeCertificate(hub, 'root');
    expect(signed?.closedWith?.message).toContain('the authority "root" was removed');
    expect(keyed?.closedWith).toBeNull();
  });
});
