import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';

const SCRIPT = 'console.log("hello");'.repeat(100);
let web: string;
let tested: ConsoleUnderTest;

beforeEach(async () => {
  web = await mkdtemp(join(tmpdir(), 'viaduct-web-'));
  tested = await openConsole({ webDirectory: web, frameOrigins: ['https://charts.example'] });
});
afterEach(async () => {
  await tested.close();
  await rm(web, { recursive: true, force: true });
});

async function build(): Promise<void> {
  await mkdir(join(web, 'assets'));
  await writeFile(join(web, 'assets', 'index-Ab3_dEf9.js'), SCRIPT);
  await writeFile(join(web, 'csp.json'), JSON.stringify({ contentSecurityPolicy: "default-src 'self'" }));
  await writeFile(join(web, 'index.html'), '<!doctype html><title>console</title>');
}

describe('the pages of the console', () => {
  it('say what to do when they are not built, and appear when they are', async () => {
    const missing = await tested.app.inject('/console/');
    expect([missing.statusCode, missing.body]).toEqual([503, expect.stringContaining('npm run build')]);
    await build();
    expect((await tested.app.inject('/console/')).body).toContain('<title>console</title>');
  });

  it('answer every page address with the one page, and a missing asset with 404', async () => {
    await build();
    for (const path of ['/console/', '/console/devices/d1', '/console/sign-in?returnTo=%2F']) {
      const page = await tested.app.inject(path);
      expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers['cache-control']).toBe('no-cache');
    }
    expect((await tested.app.inject('/console/assets/gone-12345678.js')).statusCode).toBe(404);
    expect((await tested.app.inject('/console')).headers.location).toBe('/console/');
    const api = await tested.app.inject('/console/api/nothing');
    expect([api.statusCode, api.headers['content-type']]).toEqual([401, 'application/json; charset=utf-8']);
  });

  it('are kept by browsers for ever when their name has a hash, and compressed', async () => {
    await build();
    const asset = await tested.app.inject({
      url: '/console/assets/index-Ab3_dEf9.js',
      headers: { 'accept-encoding': 'gzip, br' },
    });
    expect(asset.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(gunzipSync(asset.rawPayload).toString()).toBe(SCRIPT);
    const again = await tested.app.inject({
      url: '/console/assets/index-Ab3_dEf9.js',
      headers: { 'if-none-match': String(asset.headers.etag) },
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('carry the policy of the build and the other headers that keep browsers safe', async () => {
    const strict = await tested.app.inject('/console/');
    expect(strict.headers['content-security-policy']).toContain("default-src 'none'");
    await build();
    const { headers } = await tested.app.inject('/console/');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'; frame-src https://charts.example",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  it('give nothing from outside of their folder', async () => {
    await build();
    for (const path of [
      '/console/../central.sqlite',
      '/console/%2e%2e/%2e%2e/etc/passwd',
      '/console/..%2f..%2fetc%2fpasswd',
    ]) {
      const answer = await tested.app.inject(path);
      expect(answer.body).not.toContain('root:');
      expect([200, 404]).toContain(answer.statusCode);
    }
  });
});
