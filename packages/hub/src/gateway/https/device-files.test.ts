import { LIMITS } from '@viaduct/contracts';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signSas } from '../../core/access/sas-signature.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { hubRest } from './hub-rest.ts';
import { rewriteHubUrl } from './rewrite-hub-url.ts';

const HOST = 'myhub.example.net';
const KEY = Buffer.alloc(32, 7).toString('base64');
let hub: TemporaryHub;
let app: FastifyInstance;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, { deviceId: 'd1' });
  await hub.policies.insertMissing([
    { name: 'service', primaryKey: KEY, secondaryKey: KEY, rights: new Set(['ServiceConnect']) },
    { name: 'registryRead', primaryKey: KEY, secondaryKey: KEY, rights: new Set(['RegistryRead']) },
  ]);
  app = Fastify({
    rewriteUrl: (request) => rewriteHubUrl(request.url ?? '/'),
    routerOptions: { maxParamLength: 16_384 },
  });
  await app.register(hubRest(hub));
});
afterEach(async () => {
  await app.close();
  await hub.close();
});

async function put(name: string, text: string, contentType: string | null = 'text/html'): Promise<void> {
  const headers = {
    ...{ contentType, contentEncoding: null, contentLanguage: null },
    ...{ contentDisposition: null, cacheControl: null, contentMd5: null },
  };
  const chunks = (async function* () {
    yield Buffer.from(text);
  })();
  const place = { container: 'device-uploads', name: `d1/${name}` };
  await hub.blobs.put(place, { chunks, bytes: undefined, md5: undefined }, { headers, metadata: {} });
}

function ask(method: 'GET' | 'HEAD' | 'DELETE' | 'POST', url: string, headers: object = {}, policy = 'service') {
  const authorization = signSas(HOST, KEY, hub.clock.now() / 1_000 + 60, policy);
  return app.inject({ method, url, headers: { authorization, ...headers } });
}

const fileUrl = (name: string) => `/devices/d1/files/${encodeURIComponent(name)}`;

describe('files of a device, for back ends', () => {
  it('are listed in pages, in order of name', async () => {
    for (const name of ['b', 'a/z', 'm1/c']) await put(name, name);
    const first = await ask('GET', '/devices/d1/files?api-version=1', { 'x-ms-max-item-count': '2' });
    expect(first.json()).toEqual([
      {
        name: 'a/z',
        bytes: 3,
        contentType: 'text/html',
        lastModifiedTime: '2030-01-01T00:00:00.0000000Z',
        etag: expect.any(String),
      },
      expect.objectContaining({ name: 'b' }),
    ]);
    const continuation = String(first.headers['x-ms-continuation']);
    const second = await ask('GET', '/devices/d1/files', { 'x-ms-continuation': continuation });
    expect(second.json()).toMatchObject([{ name: 'm1/c' }]);
    expect(second.headers['x-ms-continuation']).toBeUndefined();
    expect((await ask('GET', '/devices/d1/files', { 'x-ms-max-item-count': '0' })).statusCode).toBe(400);
  });

  it('are an empty list for a device without any, and 404 for no device', async () => {
    expect((await ask('GET', '/devices/d1/files')).json()).toEqual([]);
    const unknown = await ask('GET', '/devices/d2/files');
    expect([unknown.statusCode, unknown.headers['iothub-errorcode']]).toEqual([404, 'DeviceNotFound']);
  });

  it('are downloads that run nowhere, whatever the device says they are', async () => {
    await put('Logs/evil.html', '<script>', 'text/html');
    const { statusCode, headers, body } = await ask('GET', fileUrl('Logs/evil.html'));
    expect([statusCode, body]).toEqual([200, '<script>']);
    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'content-length': '8',
      'content-disposition': `attachment; filename="evil.html"; filename*=UTF-8''evil.html`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^".+"$/),
    });
  });

  it.each([
    'a b/ä€.txt',
    '..//Secret%2F..',
    '/abs',
    'notifications',
    'Notifications/A',
    'a?b#c%41',
    'x/',
    'ü'.repeat(LIMITS.BLOB_NAME_CHARACTERS_MAX - 3),
  ])('are found and deleted by the very name they have: %s', async (name) => {
    await put(name, 'x');
    expect((await ask('GET', '/devices/d1/files')).json()).toMatchObject([{ name }]);
    const url = fileUrl(name);
    expect((await ask('GET', url)).body).toBe('x');
    const gone = await ask('DELETE', url);
    expect([gone.statusCode, gone.body]).toEqual([204, '']);
    for (const method of ['GET', 'DELETE'] as const) {
      const missing = await ask(method, url);
      expect([missing.statusCode, missing.json().Message]).toEqual([404, expect.stringContaining('has no file')]);
    }
  });

  it('may be asked for with slashes as they are', async () => {
    await put('Logs/2026//A.txt', 'x');
    expect((await ask('GET', '/Devices/d1/Files/Logs/2026//A.txt?api-version=1')).body).toBe('x');
    expect((await ask('GET', '/devices/d1/files/logs/2026/A.txt')).statusCode).toBe(404);
  });

  it('are given in ranges', async () => {
    await put('a', '0123456789');
    const part = await ask('GET', fileUrl('a'), { range: 'bytes=2-4' });
    expect([part.statusCode, part.body, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await ask('GET', fileUrl('a'), { range: 'bytes=7-' })).body).toBe('789');
    expect((await ask('GET', fileUrl('a'), { range: 'bytes=10-' })).statusCode).toBe(416);
    const whole = await ask('GET', fileUrl('a'), { range: 'bytes=2-4', 'if-range': '"other"' });
    expect([whole.statusCode, whole.body]).toEqual([200, '0123456789']);
    await put('empty', '');
    expect((await ask('GET', fileUrl('empty'))).headers['content-length']).toBe('0');
  });

  it('are for those who may connect as a service, of the device in the path alone', async () => {
    await put('a', 'x');
    for (const [method, url] of [
      ['GET', '/devices/d1/files'],
      ['GET', fileUrl('a')],
      ['DELETE', fileUrl('a')],
    ] as const) {
      expect((await ask(method, url, {}, 'registryRead')).statusCode).toBe(401);
      expect((await app.inject({ method, url })).statusCode).toBe(401);
    }
    await createDevice(hub, { deviceId: 'd' });
    expect((await ask('GET', '/devices/d/files/1%2Fa')).statusCode).toBe(404);
    expect((await ask('GET', '/devices/d/files/..%2Fd1%2Fa')).statusCode).toBe(404);
    expect((await ask('GET', fileUrl('a'))).body).toBe('x');
  });

  it("leave the device's own calls below the same word alone", async () => {
    expect((await ask('POST', fileUrl('a'))).statusCode).toBe(404);
    expect((await ask('POST', '/devices/d1/Files/Notifications/abc')).statusCode).toBe(401);
  });
});
