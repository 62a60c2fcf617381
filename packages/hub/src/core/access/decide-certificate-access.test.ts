import type { X509Certificate } from 'node:crypto';
import { type DeviceIdentity, type HubError, LIMITS } from '@viaduct/contracts';
import { type IssuedCertificate, issueCertificate } from '@viaduct/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Authority } from '../certificate/certificate-path.ts';
import type { AuthenticationType, RegistryEntry } from '../ports.ts';
import { AuthMethod } from '../record/record.ts';
import { decideDeviceAccess } from './decide-device-access.ts';

const HOUR = 3_600_000;
const now = Math.floor(Date.now() / 1_000) * 1_000;

const root = await issueCertificate({ commonName: 'Root', ca: true, validTo: now + 72 * HOUR });
const line1 = await issueCertificate({ commonName: 'Line 1', issuer: root, ca: true, validTo: now + 48 * HOUR });
const leaf = await issueCertificate({ commonName: 'd1', issuer: line1, validTo: now + 24 * HOUR });
const stranger = await issueCertificate({ commonName: 'Stranger', ca: true });

function entry(
  type: AuthenticationType,
  thumbprint: string | null = null,
  identity: DeviceIdentity = { deviceId: 'd1' },
) {
  return {
    ...identity,
    generationId: '1',
    etag: 'e',
    status: 'enabled',
    statusReason: null,
    statusUpdatedTime: 0,
    createdTime: 0,
    authentication: {
      type,
      symmetricKey: { primaryKey: null, secondaryKey: null },
      x509Thumbprint: { primaryThumbprint: thumbprint, secondaryThumbprint: null },
    },
    capabilities: { iotEdge: false },
    deviceScope: null,
    parentScopes: [],
    modelId: null,
  } satisfies RegistryEntry;
}

function authority({ certificate }: IssuedCertificate, isVerified = true): Authority {
  return { name: 'factory', isVerified, certificate };
}

interface Facts {
  readonly sent?: readonly IssuedCertificate[];
  readonly authorities?: readonly Authority[];
  readonly entry?: RegistryEntry;
  readonly isResumed?: boolean;
  readonly now?: number;
}

function present({ certificate }: { certificate: X509Certificate }, facts: Facts = {}) {
  const known = facts.entry ?? entry('certificateAuthority');
  return decideDeviceAccess({
    identity: known,
    credential: {
      kind: 'certificate',
      certificate: {
        leaf: certificate,
        intermediates: (facts.sent ?? [line1]).map((one) => one.certificate),
        isResumed: facts.isResumed ?? false,
      },
    },
    entry: known,
    policy: undefined,
    authorities: facts.authorities ?? [authority(root)],
    hostNames: ['hub.local'],
    now: facts.now ?? now,
  });
}

function refusal(attempt: () => unknown): Pick<HubError, 'code' | 'message'> | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    const { code, message } = error as HubError;
    return { code, message };
  }
}

describe('a device with a registered certificate', () => {
  const thumbprints = [leaf.certificate.fingerprint, leaf.certificate.fingerprint256].map((t) => t.replaceAll(':', ''));

  it('is let in by SHA-1 or SHA-256, until the certificate ends', () => {
    for (const thumbprint of thumbprints) {
      expect(present(leaf, { entry: entry('selfSigned', thumbprint), authorities: [] })).toEqual({
        authMethod: AuthMethod.x509Thumbprint,
        expiresAt: now + 24 * HOUR,
      });
    }
  });

  it('is refused with another one, and when the registered one has ended or has not begun', () => {
    const registered = entry('selfSigned', thumbprints[0]);
    expect(refusal(() => present(line1, { entry: registered }))).toMatchObject({
      code: 'credential.certificateMismatch',
    });
    expect(refusal(() => present(leaf, { entry: registered, now: now + 27 * HOUR }))).toEqual({
      code: 'credential.certificateExpired',
      message: 'the certificate expired 3 h ago',
    });
    expect(refusal(() => present(leaf, { entry: registered, now: now - 3 * HOUR }))).toMatchObject({
      code: 'credential.certificateNotYetValid',
    });
  });
});

describe('a device with a certificate of an authority', () => {
  it('is let in by way of the intermediates it sent, until the first certificate of the chain ends', () => {
    expect(present(leaf)).toMatchObject({ authMethod: AuthMethod.x509Authority, expiresAt: now + 24 * HOUR });
  });

  it('is let in whatever the order in which it sent them, and with the root among them', () => {
    expect(present(leaf, { sent: [root, line1] }).authMethod).toBe(AuthMethod.x509Authority);
  });

  it('is let in when the registered authority is an intermediate one', () => {
    expect(present(leaf, { sent: [], authorities: [authority(line1)] }).authMethod).toBe(AuthMethod.x509Authority);
    expect(present(leaf, { authorities: [authority(line1)] }).authMethod).toBe(AuthMethod.x509Authority);
  });

  it('is let in as a module under device id, slash, module id', async () => {
    const known = entry('certificateAuthority', null, { deviceId: 'd1', moduleId: 'm1' });
    const own = await issueCertificate({ commonName: 'd1/m1', issuer: line1 });
    expect(present(own, { entry: known }).authMethod).toBe(AuthMethod.x509Authority);
    expect(refusal(() => present(leaf, { entry: known }))?.message).toContain('"d1", not "d1/m1"');
  });

  it('is let in with every character that an id may have in its name', async () => {
    const deviceId = "A-z:9.+%_#*?!(),=@;$'";
    const own = await issueCertificate({ commonName: deviceId, issuer: line1 });
    expect(present(own, { entry: entry('certificateAuthority', null, { deviceId }) }).authMethod).toBe(
      AuthMethod.x509Authority,
    );
  });

  it('is let in through a verified authority when another of the same key is not', () => {
    expect(present(leaf, { authorities: [authority(root, false), authority(line1)] }).authMethod).toBe(
      AuthMethod.x509Authority,
    );
  });

  it('is refused when it ended or has not begun', async () => {
    const late = await issueCertificate({
      commonName: 'd1',
      issuer: line1,
      validFrom: now - 9 * HOUR,
      validTo: now - 3 * HOUR,
    });
    expect(refusal(() => present(late))).toEqual({
      code: 'credential.certificateExpired',
      message: "the device's certificate expired 3 h ago",
    });
    const early = await issueCertificate({ commonName: 'd1', issuer: line1, validFrom: now + 3 * HOUR });
    expect(refusal(() => present(early))).toMatchObject({
      code: 'credential.certificateNotYetValid',
      message: expect.stringContaining('only in 3 h'),
    });
  });

  it('is refused when an intermediate or the authority ended, which is named', () => {
    expect(refusal(() => present(leaf, { now: now + 23 * HOUR }))).toBeUndefined();
    const long = (commonName: string, issuer: IssuedCertificate) =>
      issueCertificate({ commonName, issuer, validTo: now + 200 * HOUR });
    return long('d1', line1).then((own) => {
      expect(refusal(() => present(own, { now: now + 51 * HOUR }))).toEqual({
        code: 'credential.certificateExpired',
        message: 'the certificate "CN=Line 1" in the chain expired 3 h ago',
      });
      expect(
        refusal(() => present(own, { now: now + 51 * HOUR, sent: [], authorities: [authority(line1)] })),
      ).toMatchObject({
        code: 'credential.certificateExpired',
      });
    });
  });

  it('is refused when nobody here knows who signed it', async () => {
    const own = await issueCertificate({ commonName: 'd1', issuer: stranger });
    expect(refusal(() => present(own, { sent: [stranger] }))).toEqual({
      code: 'credential.certificateUntrusted',
      message: '"CN=Stranger" was signed by "CN=Stranger", which is not a registered authority',
    });
    expect(refusal(() => present(leaf, { sent: [] }))?.message).toContain('the device sent no intermediates');
    expect(refusal(() => present(leaf, { sent: [], isResumed: true }))?.message).toContain('resumed');
  });

  it('is refused while the authority is not verified', () => {
    expect(refusal(() => present(leaf, { authorities: [authority(root, false)] }))).toEqual({
      code: 'credential.certificateUntrusted',
      message: 'the authority "factory" is registered but not verified yet',
    });
  });

  it('is refused when somebody else took the name of the authority', async () => {
    const impostor = await issueCertificate({ commonName: 'Root', ca: true });
    const own = await issueCertificate({ commonName: 'd1', issuer: impostor });
    expect(refusal(() => present(own, { sent: [] }))).toEqual({
      code: 'credential.certificateUntrusted',
      message: 'the signature on "CN=d1" was not made by "CN=Root"',
    });
  });

  it('is refused when a signature in the chain could be forged', async () => {
    const old = await issueCertificate({ commonName: 'd1', issuer: line1, hash: 'SHA-1' });
    expect(refusal(() => present(old))).toEqual({
      code: 'credential.certificateUntrusted',
      message: 'the signature on "CN=d1" is SHA-1 with ECDSA, which can be forged',
    });
  });

  it('is refused when what signed it was itself a device', async () => {
    const child = await issueCertificate({ commonName: 'd2', issuer: leaf });
    const known = entry('certificateAuthority', null, { deviceId: 'd2' });
    expect(refusal(() => present(child, { entry: known, sent: [leaf, line1] }))).toEqual({
      code: 'credential.certificateUntrusted',
      message: 'the certificate "CN=d1" in the chain is not one of an authority (CA:true)',
    });
  });

  it('is refused when an authority in the chain may not sign certificates', async () => {
    const crlOnly = await issueCertificate({ commonName: 'CRL', issuer: root, ca: true, keyUsage: 2 });
    const own = await issueCertificate({ commonName: 'd1', issuer: crlOnly });
    expect(refusal(() => present(own, { sent: [crlOnly] }))).toMatchObject({ code: 'credential.certificateUntrusted' });
  });

  it.each(['D1', 'd1 ', 'd', 'd1/m1', 'd1\u0000', ''])('is refused with the name %j', async (commonName) => {
    const own = await issueCertificate({ commonName, issuer: line1 });
    expect(refusal(() => present(own))).toMatchObject({
      code: 'credential.certificateName',
      message: expect.stringContaining('not "d1"'),
    });
  });

  it('is refused when the chain goes deeper than an authority allows', async () => {
    const strict = await issueCertificate({ commonName: 'Strict', ca: true, pathLength: 0 });
    const below = await issueCertificate({ commonName: 'Below', issuer: strict, ca: true });
    const own = await issueCertificate({ commonName: 'd1', issuer: below });
    expect(refusal(() => present(own, { sent: [below], authorities: [authority(strict)] }))).toEqual({
      code: 'credential.certificateUntrusted',
      message: 'the path is too long: "CN=Strict" allows 0 intermediates below it, and here are 1',
    });
    const direct = await issueCertificate({ commonName: 'd1', issuer: strict });
    expect(present(direct, { authorities: [authority(strict)] }).authMethod).toBe(AuthMethod.x509Authority);
  });

  it('is refused when the chain is longer than we follow', async () => {
    const chain = [root];
    for (let depth = 0; depth <= LIMITS.CERTIFICATE_CHAIN_DEPTH_MAX; depth++) {
      chain.unshift(
        await issueCertificate({ commonName: `CA ${depth}`, issuer: chain[0] as IssuedCertificate, ca: true }),
      );
    }
    const own = await issueCertificate({ commonName: 'd1', issuer: chain[0] as IssuedCertificate });
    expect(refusal(() => present(own, { sent: chain }))?.message).toContain('at most 6 intermediates are followed');
    const shorter = await issueCertificate({ commonName: 'd1', issuer: chain[1] as IssuedCertificate });
    expect(present(shorter, { sent: chain }).authMethod).toBe(AuthMethod.x509Authority);
  });

  it('is let in through no chain that is broken anywhere', async () => {
    // Each link is right or wrong in one respect; one wrong link is enough.
    const link = fc.constantFrom('right', 'notCa', 'expired', 'early', 'otherKey', 'cannotSign', 'missing');
    await fc.assert(
      fc.asyncProperty(fc.array(link, { minLength: 1, maxLength: 4 }), async (links) => {
        const sent: IssuedCertificate[] = [];
        let issuer = root;
        for (const [i, kind] of links.entries()) {
          const made = await issueCertificate({
            commonName: `L${i}`,
            issuer: kind === 'otherKey' ? { ...issuer, keys: stranger.keys } : issuer,
            ca: kind !== 'notCa',
            ...(kind === 'expired' ? { validFrom: now - 9 * HOUR, validTo: now - HOUR } : {}),
            ...(kind === 'early' ? { validFrom: now + HOUR } : {}),
            ...(kind === 'cannotSign' ? { keyUsage: 2 } : {}),
          });
          if (kind !== 'missing') sent.unshift(made);
          issuer = made;
        }
        const own = await issueCertificate({ commonName: 'd1', issuer });
        const whole = links.every((kind) => kind === 'right');
        expect(refusal(() => present(own, { sent })) === undefined).toBe(whole);
      }),
      { numRuns: 60 },
    );
  });
});
