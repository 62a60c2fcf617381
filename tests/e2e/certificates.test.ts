import { execSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCertificate } from '@viaduct/hub';
import { type IssuedCertificate, issueCertificate, startTestServer, type TestServer } from '@viaduct/testkit';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CHROMIUM = process.env.VIADUCT_CHROMIUM ?? '/usr/bin/chromium';
const PASSWORD = 'correct horse battery staple';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const isRunnable = existsSync(CHROMIUM) && existsSync('/usr/bin/openssl');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** An authority in a real browser, from the upload to the proof; the commands that the page shows are run as they stand. */
describe.skipIf(!isRunnable)('the page of certificates', () => {
  let server: TestServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let folder: string;
  let root: IssuedCertificate;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'viaduct-e2e-'));
    root = await issueCertificate({ commonName: 'Factory root', ca: true });
    writeFileSync(join(folder, 'ca.pem'), root.pem);
    writeFileSync(join(folder, 'ca.key'), root.keyPem);
    server = await startTestServer();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    });
    context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(8_000);
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[0-9]/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(server.ready.adminLink ?? '');
    await page.getByLabel('User name').fill('operator');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create and sign in' }).click();
    await page.getByRole('link', { name: 'Certificates' }).click();
    await page.getByRole('heading', { name: 'Certificates', exact: true }).waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function expectAccessible(): Promise<void> {
    // Halfway through a fade, every colour is too pale. Evaluated at once: the page's policy forbids to poll by text.
    await page.evaluate(
      'Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => 0))).then(() => 0)',
    );
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  }

  it('takes an authority by file, and no private key', async () => {
    await page.getByText('No authorities yet').waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: 'Add the first authority' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('factory');
    await dialog.getByLabel('Certificate', { exact: true }).fill(root.keyPem);
    await dialog.getByText('contains, a private key').waitFor();
    expect(await dialog.getByRole('button', { name: 'Add', exact: true }).isDisabled()).toBe(true);
    await dialog.locator('input[type=file]').setInputFiles(join(folder, 'ca.pem'));
    await expectAccessible();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Not verified').waitFor();
    await expectAccessible();
  });

  it('says what is wrong with what is no authority', async () => {
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
    await page.getByRole('button', { name: 'Make a verification code' }).click();
    const commands = await page.getByRole('region', { name: 'Commands to prove factory' }).textContent();
    await expectAccessible();
    execSync(commands ?? '', { cwd: folder, stdio: 'pipe' });
    await page.getByLabel('Proof').fill(root.pem);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('proves nothing: its common name is').waitFor();
    await page.getByLabel('Proof').fill(readFileSync(join(folder, 'proof.pem'), 'utf8'));
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Verified', { exact: true }).waitFor();
    expect((await getCertificate(server.hub, 'factory')).isVerified).toBe(true);
    await expectAccessible();
  });

  it('fits a telephone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
    if (process.env.VIADUCT_LOOK !== undefined)
      await page.screenshot({ path: `${process.env.VIADUCT_LOOK}-phone.png` });
    await page.setViewportSize({ width: 1280, height: 800 });
    if (process.env.VIADUCT_LOOK !== undefined) await page.screenshot({ path: `${process.env.VIADUCT_LOOK}.png` });
  });

  it('removes it after asking, and complained about nothing', async () => {
    await page.getByRole('button', { name: 'Remove factory' }).click();
    await page.getByText('Devices that rely on this authority are disconnected').waitFor();
    await page.getByRole('button', { name: 'Remove authority' }).click();
    await page.getByText('No authorities yet').waitFor();
    expect(complaints).toEqual([]);
  });
});
