import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCertificates } from './certificates.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-01-01T00:00:00Z');
const NAMES = ['hub.example', 'localhost', '127.0.0.1', '::1'];

describe('openCertificates', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'viaduct-tls-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('makes a certificate that the root signed and that covers every name and address', async () => {
    const { certificate, caFile } = await openCertificates(directory, NAMES, NOW);
    const server = new X509Certificate(certificate);
    const ca = new X509Certificate(await readFile(caFile));

    expect(server.verify(ca.publicKey)).toBe(true);
    expect(ca.ca).toBe(true);
    expect([server.checkHost('hub.example'), server.checkHost('localhost')]).toEqual(['hub.example', 'localhost']);
    expect([server.checkIP('127.0.0.1'), server.checkIP('::1')]).toEqual(['127.0.0.1', '::1']);
    expect(server.checkHost('other.example')).toBeUndefined();
  });

  it('lets nobody but the owner read the keys', async () => {
    await openCertificates(directory, NAMES, NOW);
    for (const file of ['ca-key.pem', 'server-key.pem']) {
      expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
    }
  });

  it('keeps what it has while that is good', async () => {
    const first = await openCertificates(directory, NAMES, NOW);
    const second = await openCertificates(directory, NAMES, NOW + 300 * DAY_MS);
    expect(second).toEqual({ ...first, renewed: false });
  });

  it('renews the certificate, and never the root, when a name is missing or its end is near', async () => {
    const { caFile } = await openCertificates(directory, NAMES, NOW);
    const root = await readFile(caFile, 'utf8');
    const named = await openCertificates(directory, [...NAMES, '192.0.2.7'], NOW);
    const later = await openCertificates(directory, NAMES, NOW + 380 * DAY_MS);

    expect([named.renewed, later.renewed]).toEqual([true, true]);
    expect(new X509Certificate(named.certificate).checkIP('192.0.2.7')).toBe('192.0.2.7');
    expect(await readFile(caFile, 'utf8')).toBe(root);
  });
});
