import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONSOLE_API, CSRF_HEADER, type ReadyFile, type Session } from '@viaduct/contracts';
import { type BrowserContext, chromium, type Page, type Request } from 'playwright-core';
import { expect } from 'vitest';

export const CHROMIUM = process.env.VIADUCT_CHROMIUM ?? '/usr/bin/chromium';
const USER_NAME = 'operator';
const PASSWORD = 'correct horse battery staple';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Set to keep pictures for the documents: VIADUCT_PICTURES=docs/images npx vitest run --project e2e */
export const PICTURES = process.env.VIADUCT_PICTURES;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Maps are drawn by WebGL, which software does here. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The console of a server in a headless browser of its own. */
export interface ConsolePage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about, on wide and narrow screens. Refusals are answers that a test may ask for. */
  readonly complaints: readonly string[];
  /** The whole address of a path of the console. */
  url(path: string): string;
  open(path: string): Promise<void>;
  /** No serious or critical finding of axe on what is shown now. */
  expectAccessible(): Promise<void>;
  /** A page in the dark on a narrow screen fits, and is accessible. */
  expectNarrow(path: string, pictureName?: string): Promise<void>;
  /**
   * Pages that show themselves whole, in the light on a wide screen and in the dark on a narrow one: with a heading, without a part that
   * could not be drawn, no wider than the screen, accessible.
   */
  expectFit(paths: readonly string[]): Promise<void>;
  /** What the console's own interface answers, asked with the session of the page. Fails on a refusal. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

export type SignedInPage = ConsolePage;

/** Signed in as the first administrator, at the overview. */
export async function openSignedInPage({ ready }: { readonly ready: ReadyFile }): Promise<SignedInPage> {
  const opened = await openConsole(ready);
  await opened.page.goto(ready.adminLink ?? '');
  await signUp(opened.page);
  return opened;
}

/** On the page that the one-time link leads to. */
export async function signUp(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(USER_NAME);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create and sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

/** On the page that asks for it. */
export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(USER_NAME);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Nobody is signed in, and no page is open yet. */
export async function openConsole(ready: ReadyFile): Promise<ConsolePage> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, trusting(ready.caFile)] });
  // Nothing fades: halfway through, every colour is too pale, and what fades out still takes clicks.
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce' });
  const complaints: string[] = [];
  context.on('page', (page) => listen(page, complaints));
  const page = await context.newPage();
  const url = (path: string) => new URL(path, ready.consoleUrl).href;
  return {
    context,
    page,
    complaints,
    url,
    open: async (path) => void (await page.goto(url(path))),
    expectAccessible: () => expectAccessible(page),
    expectNarrow: async (path, pictureName) => {
      const narrow = await openNarrow(context);
      expect(await faultsOf(narrow, url(path), watchTraffic(narrow))).toEqual([]);
      if (pictureName !== undefined) await picture(narrow, pictureName);
      await narrow.close();
    },
    expectFit: async (paths) => {
      // Side by side: one waits for the server while the other is looked at. They share what is cached.
      const pages = [await context.newPage(), await openNarrow(context)];
      const faults: string[] = [];
      await Promise.all(
        pages.map(async (each) => {
          const traffic = watchTraffic(each);
          for (const path of paths) faults.push(...(await faultsOf(each, url(path), traffic)));
          await each.close();
        }),
      );
      expect(faults).toEqual([]);
    },
    api: (method, path, body) => askApi(context, url, method, path, body),
    picture: (name) => picture(page, name),
    close: () => browser.close(),
  };
}

/**
 * Whatever the root of the server has signed is trusted, as a user does who installed it. Playwright's `ignoreHTTPSErrors` is none: a
 * download that begins with a connection of its own is cancelled by it.
 */
function trusting(caFile: string): string {
  const key = new X509Certificate(readFileSync(caFile)).publicKey.export({ type: 'spki', format: 'der' });
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`;
}

function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() !== 'error' || /status of 4\d\d/.test(message.text())) return;
    complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
}

async function expectAccessible(page: Page): Promise<void> {
  expect(await inaccessible(page), page.url()).toEqual([]);
}

async function inaccessible(page: Page): Promise<readonly string[]> {
  await untilStill(page);
  // Once a document. What passes is not told, which halves the time.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: Violation[] }>("axe.run({ resultTypes: ['violations'] })");
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

async function openNarrow(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.setViewportSize(NARROW);
  await page.emulateMedia({ colorScheme: 'dark' });
  return page;
}

/** What is wrong with the page at an address; the console is loaded with the first, and leads from one to the next by its router. */
async function faultsOf(page: Page, url: string, traffic: ReadonlySet<Request>): Promise<readonly string[]> {
  const isLoaded = page.url() !== 'about:blank';
  if (isLoaded)
    await page.evaluate(`(async () => {
    const router = globalThis.__TSR_ROUTER__;
    router.history.push(${JSON.stringify(url)}.slice(location.origin.length));
    await router.latestLoadPromise;
  })()`);
  else await page.goto(url);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await untilSettled(page, traffic);
  const width = page.viewportSize()?.width ?? 0;
  const shown = await page.evaluate<number>('document.documentElement.scrollWidth');
  const broken = page.getByRole('alert').filter({ hasText: /could not be|went wrong/ });
  const faults = [
    ...(await broken.allTextContents()),
    ...(shown > width ? [`${shown} px wide on ${width}`] : []),
    ...(await inaccessible(page)),
  ];
  return faults.map((fault) => `${url} (${width} px): ${fault}`);
}

/** Requests without an answer yet, except the stream that never ends. */
function watchTraffic(page: Page): ReadonlySet<Request> {
  const open = new Set<Request>();
  page.on('request', (request) => request.resourceType() !== 'eventsource' && open.add(request));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  return open;
}

/** Nothing is asked for any more, and nothing stands for an answer that has not come. A page that polls is at rest in between. */
async function untilSettled(page: Page, traffic: ReadonlySet<Request>): Promise<void> {
  const isSettled = async () => {
    if (traffic.size > 0) return false;
    // What was answered is drawn in the next frames, and may ask for more.
    const waiting = await page.evaluate<number>(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelectorAll('.mantine-Skeleton-root').length))))",
    );
    return waiting === 0 && traffic.size === 0;
  };
  await expect.poll(isSettled, { timeout: 20_000, message: page.url() }).toBe(true);
}

async function askApi<T>(
  context: BrowserContext,
  url: (path: string) => string,
  method: string,
  path: string,
  body: unknown,
): Promise<T> {
  const session = await context.request.get(url(`${CONSOLE_API}/session`));
  const { csrfToken } = (await session.json()) as Session;
  const answer = await context.request.fetch(url(`${CONSOLE_API}/${path}`), {
    method,
    headers: { [CSRF_HEADER]: csrfToken },
    ...(body === undefined ? {} : { data: body }),
  });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return (answer.status() === 204 ? undefined : await answer.json()) as T;
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await untilStill(page);
  mkdirSync(join(ROOT, PICTURES), { recursive: true });
  await page.screenshot({ path: join(ROOT, PICTURES, `${name}.png`) });
}

/** What our own stylesheets move comes to its end. Evaluated at once: the page's policy forbids to poll by text. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(
    "Promise.all(document.getAnimations().filter((a) => a.playState === 'running' && a.effect.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => 0))).then(() => 0)",
  );
}
