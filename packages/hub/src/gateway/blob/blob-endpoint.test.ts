import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintBlobSas } from '../../core/file/blob-sas.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { blobEndpoint } from './blob-endpoint.ts';

const PLACE = { container: 'device-uploads', name: 'd1/a' };
let hub: TemporaryHub;
let app: FastifyInstance;

beforeEach(async () => {
  hub = await temporaryHub();
  app = Fastify();
  await app.register(blobEndpoint(hub));
});
afterEach(async () => {
  await app.close();
  await hub.close();
});

function signed(permissions: string, seconds: number): string {
  return mintBlobSas(hub.blobKey, PLACE, { permissions, expiryTime: hub.clock.now() + seconds * 1_000 });
}

async function refusalOf(query: string): Promise<string> {
  const { statusCode } = await app.inject({ method: 'PUT', url: `/device-uploads/d1/a?${query}`, payload: 'x' });
  expect(statusCode).toBeGreaterThan(400);
  const codes = async (deviceId: string | null) => (await hub.refusals.list(deviceId)).map(({ code }) => code);
  return `d1: ${await codes('d1')}; nobody: ${await codes(null)}`;
}

describe('what the blob endpoint refuses', () => {
  it.each([
    ['no signature', () => '', 'credential.missing'],
    ['half a signature', () => 'sig=x', 'credential.malformed'],
    ['a forged one', () => signed('r', 60).replace('sp=r', 'sp=rw'), 'credential.signatureMismatch'],
  ])('is booked under no device when the request has %s, whatever folder it asks for', async (_what, query, code) => {
    expect(await refusalOf(query())).toBe(`d1: ; nobody: ${code}`);
    const [refusal] = await hub.refusals.list(null);
    expect(refusal?.message).toContain('asked for a file of "d1"');
  });

  it.each([
    ['ran out', () => signed('rw', -60), 'credential.expired'],
    ['does not permit it', () => signed('r', 60), 'credential.insufficientRights'],
  ])('is booked under the device when our own signature %s', async (_what, query, code) => {
    expect(await refusalOf(query())).toBe(`d1: ${code}; nobody: `);
  });
});
