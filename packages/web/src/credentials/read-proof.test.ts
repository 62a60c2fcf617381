import { describe, expect, it } from 'vitest';
import { readProof, validityWarning } from './read-proof.ts';

describe('readProof', () => {
  it('takes a thumbprint as tools print it', () => {
    const sha1 = Array.from({ length: 20 }, () => 'ab').join(':');
    expect(readProof(` ${sha1}\n`)).toEqual({ kind: 'thumbprint', hex: 'AB'.repeat(20) });
    expect(readProof('0f'.repeat(32))).toEqual({ kind: 'thumbprint', hex: '0F'.repeat(32) });
  });

  it('leaves a certificate to the server', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    expect(readProof(`\n${pem}\n`)).toEqual({ kind: 'pem', pem });
  });

  it('says what is wrong with anything else', () => {
    expect(readProof('   ').kind).toBe('nothing');
    expect(readProof('hello')).toMatchObject({ kind: 'invalid', why: expect.stringContaining('neither') });
    expect(readProof('abcd')).toMatchObject({ kind: 'invalid', why: expect.stringContaining('these are 4') });
  });
});

describe('validityWarning', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  const warning = (from: string, to: string) => validityWarning(`${from}T00:00:00Z`, `${to}T00:00:00Z`, now);

  it('is silent about a certificate that is good for a while', () => {
    expect(warning('2026-01-01', '2027-12-01')).toBeNull();
  });

  it('names what is over, not begun, or about to end', () => {
    expect(warning('2026-01-01', '2026-11-01')).toContain('expired');
    expect(warning('2027-01-01', '2028-01-01')).toContain('not valid yet');
    expect(warning('2026-01-01', '2026-11-25')).toContain('in 1 day.');
  });
});
