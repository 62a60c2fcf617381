import { randomBytes } from 'node:crypto';
import { type ErrorCode, formatSas } from '@viaduct/contracts';
import { addCertificate, type ClientCertificate, signSas } from '@viaduct/hub';
import { type CertificateRequest, type IssuedCertificate, issueCertificate } from '@viaduct/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  enroll,
  GROUP_KEY,
  keyCaller,
  type TemporaryProvisioning,
  temporaryProvisioning,
} from '../../temporary-provisioning.ts';
import type { EnrollmentRecord } from '../ports.ts';
import type { RegistrationCaller } from '../registration/register.ts';
import { authenticateRegistration } from './authenticate-registration.ts';
import { deriveDeviceKey } from './derive-key.ts';
import { requireRegistrationToken } from './registration-token.ts';

const DAY_MS = 86_400_000;
/** What the hub's clock of a test shows. */
const NOW = Date.UTC(2030, 0, 1);
let p: TemporaryProvisioning;

function withProvisioning(): void {
  beforeEach(async () => {
    p = await temporaryProvisioning();
  });
  afterEach(() => p.close());
}

async function refusalOf(caller: RegistrationCaller): Promise<ErrorCode> {
  const thrown: unknown = await authenticateRegistration(p, caller).then(
    () => 'it was let in',
    (error: unknown) => error,
  );
  return (thrown as { code: ErrorCode }).code ?? thrown;
}

describe('deriveDeviceKey', () => {
  it('derives what the documentation and the reference derive', () => {
    expect(deriveDeviceKey(GROUP_KEY, 'dev1')).toBe('jgNHkpsSyy5knqEYC62lGiPQlRRClkZht9bpLre3fa0=');
    // Azure DPS, "Symmetric key attestation", group enrollments, the example with openssl.
    const key = '8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==';
    expect(deriveDeviceKey(key, 'sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6')).toBe(
      'Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=',
    );
  });
});

describe('a token', () => {
  const of = { idScope: '0ne00000001', registrationId: 'dev1', now: 0 };
  const token = (resource: string, policy?: string) => ({
    ...{ resource, signedText: '', signature: '', expiresAtSeconds: 10 },
    ...(policy === undefined ? {} : { policy }),
  });

  it.each([
    ['0ne00000001/registrations/dev1'],
    ['0NE00000001/Registrations/DEV1'],
    ['0ne00000001%2Fregistrations%2fdev1'],
  ])('is for a registration when its resource is %s', (resource) => {
    for (const policy of [undefined, 'registration', 'Registration'])
      requireRegistrationToken(token(resource, policy), of);
  });

  it.each([
    ['0ne00000002/registrations/dev1', undefined, 'credential.wrongResource'],
    ['0ne00000001/registrations/dev2', undefined, 'credential.wrongResource'],
    ['0ne00000001/registrations', undefined, 'credential.wrongResource'],
    ['0ne00000001/registrations/dev1/more', undefined, 'credential.wrongResource'],
    ['%', undefined, 'credential.wrongResource'],
    ['0ne00000001/registrations/dev1', 'iothubowner', 'credential.unknownPolicy'],
  ])('for %s by the key %s is not', (resource, policy, code) => {
    expect(() => requireRegistrationToken(token(resource, policy), of)).toThrow(expect.objectContaining({ code }));
  });

  it('that ran out is not', () => {
    const later = { ...of, now: 10_000 };
    expect(() => requireRegistrationToken(token('0ne00000001/registrations/dev1'), later)).toThrow(
      expect.objectContaining({ code: 'credential.expired' }),
    );
  });
});

describe('a device with a symmetric key', () => {
  withProvisioning();

  it('is of the group whose key its own was derived from, as written or in lower case, by either key', async () => {
    const secondaryKey = randomBytes(32).toString('base64');
    await enroll(p, { id: 'other', attestation: keys(randomBytes(32).toString('base64')) });
    await enroll(p, { attestation: { kind: 'symmetricKey', primaryKey: GROUP_KEY, secondaryKey } });
    const { idScope } = await p.settings.get();
    for (const [groupKey, hashed] of [
      [GROUP_KEY, 'Dev1'],
      [GROUP_KEY, 'dev1'],
      [secondaryKey, 'Dev1'],
      [secondaryKey, 'dev1'],
    ] as const) {
      const token = signSas(`${idScope}/registrations/Dev1`, deriveDeviceKey(groupKey, hashed), NOW / 1_000 + 60);
      const { enrollment, proof } = await authenticateRegistration(p, await keyCaller(p, 'Dev1', credential(token)));
      expect(enrollment.id).toBe('line-4');
      // Both keys of this device, for the hub: whichever it has, it may go on using.
      expect(proof).toEqual({
        ...{ kind: 'symmetricKey', primaryKey: deriveDeviceKey(GROUP_KEY, hashed) },
        secondaryKey: deriveDeviceKey(secondaryKey, hashed),
      });
    }
  });

  it('is of its individual enrolment before any group, and is blocked by a disabled one', async () => {
    await enroll(p);
    const own = randomBytes(32).toString('base64');
    await enroll(p, { kind: 'individual', id: 'DEV1', status: 'disabled', attestation: keys(own) });
    // With the key of the group it does not come in by the group.
    expect(await refusalOf(await keyCaller(p, 'dev1'))).toBe('credential.signatureMismatch');
    const { idScope } = await p.settings.get();
    const token = signSas(`${idScope}/registrations/dev1`, own, NOW / 1_000 + 60, 'registration');
    const found = await authenticateRegistration(p, await keyCaller(p, 'dev1', credential(token)));
    expect(found.enrollment).toMatchObject({ kind: 'individual', status: 'disabled' });
  });

  it('finds its group among a thousand', async () => {
    const others = Array.from({ length: 999 }, (_, i) => ({ id: `g-${i}`, key: Buffer.alloc(32, `${i}`) }));
    await Promise.all(others.map(({ id, key }) => enroll(p, { id, attestation: keys(key.toString('base64')) })));
    await enroll(p);
    const begin = performance.now();
    expect((await authenticateRegistration(p, await keyCaller(p, 'dev1'))).enrollment.id).toBe('line-4');
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it('is told apart from who has no business here, and each is booked with the reason', async () => {
    const good = await keyCaller(p, 'dev1');
    expect(await refusalOf(good)).toBe('enrollment.notFound');
    await enroll(p);
    const wrongKey = formatSas(`${good.idScope}/registrations/dev1`, 'AAAA', NOW / 1_000 + 60);
    const wrong: [Partial<RegistrationCaller>, ErrorCode][] = [
      [{ idScope: '0neFFFFFFFF' }, 'provisioning.scopeUnknown'],
      [{ registrationId: '-dev1' }, 'registration.idInvalid'],
      [{ credential: { token: undefined, certificate: undefined } }, 'credential.missing'],
      [credential('SharedAccessSignature nonsense'), 'credential.malformed'],
      [credential(wrongKey), 'credential.signatureMismatch'],
    ];
    for (const [changes, code] of wrong) expect(await refusalOf({ ...good, ...changes })).toBe(code);
    const booked = await p.attempts.list({ limit: 10 });
    expect(booked.map(({ code }) => code).reverse()).toEqual(['enrollment.notFound', ...wrong.map(([, code]) => code)]);
    expect(booked.every(({ outcome, message }) => outcome === 'refused' && message !== null)).toBe(true);
    expect(booked.find(({ code }) => code === 'registration.idInvalid')?.registrationId).toBeNull();
  });
});

describe('a device with a certificate', () => {
  withProvisioning();
  let root: IssuedCertificate;
  let intermediate: IssuedCertificate;

  beforeAll(async () => {
    root = await issue({ commonName: 'Factory root', ca: true });
    intermediate = await issue({ commonName: 'Line 4', ca: true, issuer: root });
  });

  it('is of its individual enrolment with the old certificate or the new, while it holds', async () => {
    const [primary, secondary, other, expired] = await Promise.all([
      issue({ commonName: 'dev1' }),
      issue({ commonName: 'dev1' }),
      issue({ commonName: 'dev1' }),
      issue({ commonName: 'dev2', validTo: NOW - DAY_MS }),
    ]);
    const attestation = { kind: 'clientCertificates', primary: primary.pem, secondary: secondary.pem } as const;
    await enroll(p, { kind: 'individual', id: 'dev1', attestation });
    await enroll(p, { kind: 'individual', id: 'dev2', attestation: { ...attestation, primary: expired.pem } });
    for (const { certificate } of [primary, secondary]) {
      const { proof } = await authenticateRegistration(p, await withCertificate('dev1', certificate));
      expect(proof).toMatchObject({ kind: 'x509', certificate: { subjectName: 'CN=dev1', version: 3 }, signer: null });
    }
    expect(await refusalOf(await withCertificate('dev1', other.certificate))).toBe('credential.certificateMismatch');
    expect(await refusalOf(await withCertificate('dev2', expired.certificate))).toBe('credential.certificateExpired');
    expect(await refusalOf(await keyCaller(p, 'dev1'))).toBe('credential.wrongType');
  });

  it('is of the group whose authority is closest to it; a disabled one shuts out what lies below', async () => {
    const leaf = await issue({ commonName: 'DEV1', issuer: intermediate });
    await enroll(p, { id: 'root', attestation: signing(root) });
    const caller = await withCertificate('dev1', leaf.certificate, intermediate.certificate);
    expect((await authenticateRegistration(p, caller)).enrollment.id).toBe('root');
    await enroll(p, { id: 'line', attestation: signing(intermediate) });
    expect((await authenticateRegistration(p, caller)).enrollment.id).toBe('line');
    await enroll(p, { id: 'shut', attestation: signing(intermediate), status: 'disabled' });
    expect((await authenticateRegistration(p, caller)).enrollment).toMatchObject({ id: 'shut', status: 'disabled' });
    // Another certificate of the same shut authority, as if it had been renewed, is no way around.
    const renewed = await issue({ commonName: 'Line 4', ca: true, issuer: root, keys: intermediate.keys });
    const around = await withCertificate('dev1', leaf.certificate, renewed.certificate);
    expect((await authenticateRegistration(p, around)).enrollment.id).toBe('shut');
  });

  it('relies on registered authorities only once they are verified', async () => {
    const leaf = await issue({ commonName: 'dev1', issuer: root });
    await enroll(p, { attestation: { kind: 'caReferences', primary: 'factory', secondary: 'FACTORY-2' } });
    const caller = await withCertificate('dev1', leaf.certificate);
    expect(await refusalOf(caller)).toBe('credential.certificateUntrusted');
    const hub = Object.values(p.hubs)[0]!;
    const { etag } = await addCertificate(hub, { name: 'Factory-2', certificate: root.pem });
    expect(await refusalOf(caller)).toBe('credential.certificateUntrusted');
    await addCertificate(hub, { name: 'Factory-2', certificate: root.pem, isVerified: true }, etag);
    const { proof } = await authenticateRegistration(p, caller);
    expect(proof).toMatchObject({ kind: 'x509', signer: { subjectName: 'CN=Factory root' } });
  });

  it('is refused with the reason when its chain is wrong in any way', async () => {
    const [stranger, short, old] = await Promise.all([
      issue({ commonName: 'Stranger', ca: true }),
      issue({ commonName: 'Short', ca: true, issuer: root, pathLength: 0 }),
      issue({ commonName: 'Old', ca: true, issuer: root, validTo: NOW - DAY_MS }),
    ]);
    const below = await issue({ commonName: 'Below', ca: true, issuer: short });
    await enroll(p, { attestation: signing(root) });
    const cases: [string, CertificateRequest, readonly IssuedCertificate[], ErrorCode][] = [
      ['expired', { commonName: 'dev1', issuer: root, validTo: NOW - 1 }, [], 'credential.certificateExpired'],
      [
        'not yet valid',
        { commonName: 'dev1', issuer: root, validFrom: NOW + DAY_MS, validTo: NOW + 2 * DAY_MS },
        [],
        'credential.certificateNotYetValid',
      ],
      ['of a stranger', { commonName: 'dev1', issuer: stranger }, [stranger], 'credential.certificateUntrusted'],
      ['self-signed', { commonName: 'dev1' }, [], 'credential.certificateUntrusted'],
      [
        'below too long a path',
        { commonName: 'dev1', issuer: below },
        [below, short],
        'credential.certificateUntrusted',
      ],
      ['below an expired authority', { commonName: 'dev1', issuer: old }, [old], 'credential.certificateExpired'],
      ['of another name', { commonName: 'dev2', issuer: root }, [], 'credential.certificateName'],
    ];
    for (const [what, request, chain, code] of cases) {
      const { certificate } = await issue(request);
      const caller = await withCertificate('dev1', certificate, ...chain.map((one) => one.certificate));
      expect(await refusalOf(caller), what).toBe(code);
    }
  });

  it('comes in with a resumed TLS session by intermediates that others showed, and strangers leave none behind', async () => {
    await enroll(p, { attestation: signing(root) });
    const [one, two, stranger] = await Promise.all([
      issue({ commonName: 'dev1', issuer: intermediate }),
      issue({ commonName: 'dev2', issuer: intermediate }),
      issue({ commonName: 'Stranger', ca: true }),
    ]);
    const lie = await issue({ commonName: 'dev3', issuer: stranger });
    expect(await refusalOf(await withCertificate('dev3', lie.certificate, stranger.certificate))).toBe(
      'credential.certificateUntrusted',
    );
    const resumed = await withCertificate('dev2', two.certificate);
    expect(await refusalOf(resumed)).toBe('credential.certificateUntrusted');
    await authenticateRegistration(p, await withCertificate('dev1', one.certificate, intermediate.certificate));
    expect((await authenticateRegistration(p, resumed)).enrollment.id).toBe('line-4');
    const { intermediates } = p.authorities.completed({ leaf: lie.certificate, intermediates: [], isResumed: true });
    expect(intermediates.map(({ subject }) => subject)).toEqual(['CN=Line 4']);
  });

  function withCertificate(
    id: string,
    leaf: ClientCertificate['leaf'],
    ...intermediates: ClientCertificate['intermediates']
  ) {
    return keyCaller(p, id, {
      credential: { token: undefined, certificate: { leaf, intermediates, isResumed: false } },
    });
  }
});

function issue(request: CertificateRequest): Promise<IssuedCertificate> {
  return issueCertificate({ validFrom: NOW - 30 * DAY_MS, validTo: NOW + 30 * DAY_MS, ...request });
}

function keys(key: string): EnrollmentRecord['attestation'] {
  return { kind: 'symmetricKey', primaryKey: key, secondaryKey: key };
}

function signing({ pem }: IssuedCertificate): EnrollmentRecord['attestation'] {
  return { kind: 'signingCertificates', primary: pem, secondary: null };
}

function credential(token: string): Pick<RegistrationCaller, 'credential'> {
  return { credential: { token, certificate: undefined } };
}
