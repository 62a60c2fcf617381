import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubError } from './errors.ts';
import { formatSas, parseSas } from './sas.ts';

describe('parseSas', () => {
  it('keeps the resource exactly as it was signed, whichever way it was escaped', () => {
    const key = Buffer.from('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', 'base64');
    const vectors = [
      ['myhub.azure-devices.net%2Fdevices%2Fd1', 'cUjfFlntv96e3D8ALA8QeITjejMm0+WE/UPmbh+QJT0='],
      ['myhub.azure-devices.net%2fdevices%2fd1', 'n16SBr/Z1Sr5bb+me9X/aIFH7yXlY3Lb7QRKyaPju3g='],
      ['myhub.azure-devices.net/devices/d1', 'ZEA1Y1zkmb/BMUCYzYajSlpGCCFd5PV/JPpGmAXvcTg='],
    ] as const;
    for (const [sr, signature] of vectors) {
      const token = parseSas(`SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(signature)}&se=1893456000`);
      expect(token.resource).toBe('myhub.azure-devices.net/devices/d1');
      expect(createHmac('sha256', key).update(token.signedText).digest('base64')).toBe(token.signature);
    }
  });

  it('takes the fields in any order and a policy where there is one', () => {
    const token = parseSas('sharedaccesssignature se=5&skn=service&sig=YQ%3d%3d&sr=sb%3A%2F%2Fh%2Fe%2F');
    expect(token).toMatchObject({ resource: 'h/e', policy: 'service', signature: 'YQ==', expiresAtSeconds: 5 });
    expect(parseSas('SharedAccessSignature sr=h&sig=YQ&se=5&skn=').policy).toBeUndefined();
  });

  it('refuses what is no token, in words', () => {
    for (const text of [
      '',
      'Bearer x',
      'SharedAccessSignature sr=h&sig=a',
      'SharedAccessSignature sr=%&sig=a&se=1',
      'SharedAccessSignature sr=h&sig=a&se=soon',
      `SharedAccessSignature sr=${'h'.repeat(5000)}&sig=a&se=1`,
    ]) {
      expect(() => parseSas(text), text.slice(0, 60)).toThrow(HubError);
    }
  });

  it('gives a token or a refusal for any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((s) => `SharedAccessSignature ${s}`),
      fc
        .array(fc.constantFrom('sr=', 'sig=', 'se=', '&', '%', '1', 'é'), { maxLength: 30 })
        .map((parts) => `SharedAccessSignature ${parts.join('')}`),
    );
    fc.assert(
      fc.property(text, (any) => {
        try {
          expect(parseSas(any).signedText).toBeTypeOf('string');
        } catch (error) {
          expect(error).toMatchObject({ code: 'credential.malformed' });
        }
      }),
    );
  });

  it('reads what formatSas writes', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z.]{1,20}\/devices\/[A-Za-z0-9%#=+-]{1,20}$/),
        fc.base64String({ minLength: 4 }),
        fc.nat(),
        (resource, signature, expiry) => {
          const token = parseSas(formatSas(resource, signature, expiry, 'owner'));
          expect(token).toMatchObject({ resource, signature, expiresAtSeconds: expiry, policy: 'owner' });
        },
      ),
    );
  });
});
