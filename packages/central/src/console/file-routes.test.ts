import { type ConsoleProblem, type FilePage, LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let tested: ConsoleUnderTest;
let browser: Browser;

beforeEach(async () => {
  tested = await openConsole();
  browser = await signedInBrowser(tested);
  for (const deviceId of ['d1', 'd10']) await browser.request('POST', '/devices', { deviceId });
});
afterEach(() => tested.close());

async function upload(deviceId: string, name: string, text: string, contentType = 'text/html'): Promise<void> {
  const place = { container: 'device-uploads', name: `${deviceId}/${name}` };
  const body = { chunks: chunksOf(Buffer.from(text)), bytes: undefined, md5: undefined };
  await tested.hub.blobs.put(place, body, { headers: { ...NO_HEADERS, contentType }, metadata: {} });
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const NO_HEADERS = {
  contentEncoding: null,
  contentLanguage: null,
  contentDisposition: null,
  cacheControl: null,
  contentMd5: null,
} as const;

const list = async (query = '') => (await browser.request('GET', `/devices/d1/files${query}`)).json<FilePage>();
const named = (name: string) => `?name=${encodeURIComponent(name)}`;

describe('files of a device', () => {
  it('are listed by name, a page at a time, and those of a namesake are not', async () => {
    for (const name of ['b.txt', 'a/1.txt', 'c.txt']) await upload('d1', name, 'hello');
    await upload('d10', 'other.txt', 'hello');
    const first = await list('?limit=2');
    expect(first.items.map(({ name }) => name)).toEqual(['a/1.txt', 'b.txt']);
    expect(first.items[0]).toMatchObject({
      bytes: 5,
      contentType: 'text/html',
      modifiedAt: expect.stringMatching(/Z$/),
    });
    const second = await list(`?limit=2&after=${encodeURIComponent(first.cursor ?? '')}`);
    expect([second.items.map(({ name }) => name), second.cursor]).toEqual([['c.txt'], undefined]);
    expect((await list(`?limit=${LIMITS.FILES_PAGE_MAX}`)).items).toHaveLength(3);
    expect((await browser.request('GET', '/devices/nobody/files')).statusCode).toBe(404);
  });

  it('are downloads that no browser runs, whatever they say they are', async () => {
    await upload('d1', 'pages/evil.html', '<script>alert(1)</script>');
    const answer = await browser.request('GET', `/devices/d1/files/content${named('pages/evil.html')}`);
    expect(answer.body).toBe('<script>alert(1)</script>');
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="evil.html"; filename*=UTF-8''evil.html`,
      'content-length': '25',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'cache-control': 'no-store',
    });
  });

  it('are given to nobody without a session, and not to who names another device’s', async () => {
    await upload('d10', 'secret.txt', 'secret');
    const anonymous = await tested.app.inject(`/console/api/devices/d10/files/content${named('secret.txt')}`);
    expect(anonymous.statusCode).toBe(401);
    for (const name of ['../d10/secret.txt', '0/secret.txt', '/../../d10/secret.txt', 'secret.txt', '.', '%00']) {
      const answer = await browser.request('GET', `/devices/d1/files/content${named(name)}`);
      expect([answer.statusCode, answer.json<ConsoleProblem>().code]).toEqual([404, 'blob.notFound']);
    }
    expect((await browser.request('GET', '/devices/d1/files/content')).statusCode).toBe(400);
  });

  it('may be empty', async () => {
    await upload('d1', 'nothing', '');
    const answer = await browser.request('GET', `/devices/d1/files/content${named('nothing')}`);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
  });

  it('are deleted, which is in the audit', async () => {
    await upload('d1', 'a.txt', 'hello');
    expect((await browser.request('DELETE', `/devices/d1/files${named('a.txt')}`)).statusCode).toBe(204);
    expect((await list()).items).toEqual([]);
    expect((await browser.request('DELETE', `/devices/d1/files${named('a.txt')}`)).statusCode).toBe(404);
    const { items } = (await browser.request('GET', '/audit')).json<{ items: { action: string; object: string }[] }>();
    expect(items).toContainEqual(expect.objectContaining({ action: 'file.delete', object: 'd1 a.txt', code: null }));
  });
});
