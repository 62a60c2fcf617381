import type { AuthorityView } from '@viaduct/contracts';
import { issueCertificate } from '@viaduct/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
beforeEach(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
});
afterEach(() => console.close());

it('takes an authority from its certificate to its proof, and lets it go', async () => {
  const root = await issueCertificate({ commonName: 'Root', ca: true });
  const added = await browser.request('POST', '/certificates', { name: 'root', certificate: root.pem });
  expect([added.statusCode, added.json()]).toMatchObject([
    201,
    { name: 'root', subject: 'CN=Root', isVerified: false, verificationCode: null, proofCommands: [] },
  ]);

  const coded = await browser.request('POST', '/certificates/root/verification-code');
  const { verificationCode, proofCommands, etag } = coded.json<AuthorityView>();
  expect(proofCommands[0]).toContain(`/CN=${verificationCode}`);

  const proof = (await issueCertificate({ commonName: verificationCode ?? '', issuer: root })).pem;
  const stale = await browser.request('POST', `/certificates/root/verification?etag=${added.json().etag}`, { proof });
  expect(stale.json()).toMatchObject({ code: 'etag.mismatch' });
  const verified = await browser.request('POST', `/certificates/root/verification?etag=${etag}`, { proof });
  expect(verified.json()).toMatchObject({ isVerified: true, verificationCode: null });
  expect((await browser.request('GET', '/certificates')).json()).toEqual([verified.json()]);

  expect((await browser.request('DELETE', '/certificates/root')).statusCode).toBe(204);
  const audit = (await browser.request('GET', '/audit')).json<{ items: { action: string; code: string | null }[] }>();
  expect(audit.items.slice(0, 5).map(({ action, code }) => [action, code])).toEqual([
    ['certificate.remove', null],
    ['certificate.verify', null],
    ['certificate.verify', 'etag.mismatch'],
    ['certificate.newCode', null],
    ['certificate.add', null],
  ]);
});

it('says what is wrong with a certificate and with a proof', async () => {
  const root = await issueCertificate({ commonName: 'Root', ca: true });
  const leaf = await issueCertificate({ commonName: 'd1', issuer: root });
  const refused = await browser.request('POST', '/certificates', { name: 'x', certificate: leaf.pem });
  expect([refused.statusCode, refused.json()]).toMatchObject([400, { code: 'certificate.invalid' }]);
  await browser.request('POST', '/certificates', { name: 'root', certificate: root.pem });
  const unasked = await browser.request('POST', '/certificates/root/verification', { proof: leaf.pem });
  expect(unasked.json()).toMatchObject({ code: 'certificate.proofInvalid' });
  expect((await browser.request('DELETE', '/certificates/none')).statusCode).toBe(404);
});
