import { execSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCertificate } from '@viaduct/hub';
import { type IssuedCertificate, issueCertificate, startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

const isRunnable = existsSync(CHROMIUM) && existsSync('/usr/bin/openssl');

/** An authority in a real browser, from the upload to the proof; the commands that the page shows are run as they stand. */
describe.skipIf(!isRunnable)('the page of certificates', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let page: SignedInPage['page'];
  let folder: string;
  let root: IssuedCertificate;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'viaduct-e2e-'));
    root = await issueCertificate({ commonName: 'Factory root', ca: true });
    writeFileSync(join(folder, 'ca.pem'), root.pem);
    writeFileSync(join(folder, 'ca.key'), root.keyPem);
    server = await startTestServer();
    browser = await openSignedInPage(server);
    page = browser.page;
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes an authority by file, and no private key', async () => {
    await browser.open('');
    await page.getByRole('link', { name: 'Certificates' }).click();
    await page.getByRole('heading', { name: 'Certificates', exact: true }).waitFor();
    await page.getByText('No authorities yet').waitFor();
    await browser.expectAccessible();
    await page.getByRole('button', { name: 'Add the first authority' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('factory');
    await dialog.getByLabel('Certificate', { exact: true }).fill(root.keyPem);
    await dialog.getByText('contains, a private key').waitFor();
    expect(await dialog.getByRole('button', { name: 'Add', exact: true }).isDisabled()).toBe(true);
    await dialog.locator('input[type=file]').setInputFiles(join(folder, 'ca.pem'));
    await browser.expectAccessible();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Not verified').waitFor();
    await browser.expectAccessible();
  });

  it('says what is wrong with what is no authority', async () => {
    await browser.open('certificates');
    const leaf = await issueCertificate({ commonName: 'd1', issuer: root });
    await page.getByRole('button', { name: 'Add authority' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('leaf');
    await dialog.getByLabel('Certificate', { exact: true }).fill(leaf.pem);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByText('not one of an authority').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });

  it('verifies it by running the commands that the page shows', async () => {
    await browser.open('certificates');
    await page.getByRole('button', { name: 'Make a verification code' }).click();
    const commands = await page.getByRole('region', { name: 'Commands to prove factory' }).textContent();
    await browser.expectAccessible();
    execSync(commands ?? '', { cwd: folder, stdio: 'pipe' });
    await page.getByLabel('Proof').fill(root.pem);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('proves nothing: its common name is').waitFor();
    await page.getByLabel('Proof').fill(readFileSync(join(folder, 'proof.pem'), 'utf8'));
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Verified', { exact: true }).waitFor();
    expect((await getCertificate(server.hub, 'factory')).isVerified).toBe(true);
    await browser.expectAccessible();
    await browser.expectNarrow('certificates');
  });

  it('removes it after asking, and complained about nothing', async () => {
    await browser.open('certificates');
    await page.getByRole('button', { name: 'Remove factory' }).click();
    await page.getByText('Devices that rely on this authority are disconnected').waitFor();
    await page.getByRole('button', { name: 'Remove authority' }).click();
    await page.getByText('No authorities yet').waitFor();
    expect(browser.complaints).toEqual([]);
  });
});
