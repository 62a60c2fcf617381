/**
 * `npm test [-- arguments of vitest]`: installs and builds what is missing, checks types, style and dead code, runs every
 * test, and ends with one line: `N passed, N failed[, N skipped]`. The checks count as tests.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from './lib-build.mjs';
import { installIfNeeded, requireNode } from './lib-install.mjs';
import { run } from './lib-run.mjs';
import { ROOT } from './lib-sources.mjs';
import { chromiumPath, installTools, skippedForWantOfTools } from './lib-tools.mjs';

/** Started over inside a user namespace, so as to bind port 443 without being root on the machine. */
const INSIDE_NAMESPACE = 'VIADUCT_TEST_NAMESPACE';
const isInside = process.env[INSIDE_NAMESPACE] !== undefined;
let lowPorts = true;

requireNode();
// Inside, we look like root and are not: nothing can be installed there.
if (!isInside) {
  const [, problem] = await Promise.all([installIfNeeded(), installTools()]);
  if (problem !== undefined) console.error(problem);
  await buildIfNeeded();
}
const chromium = chromiumPath() ?? '';
if (!(await mayBindLowPorts()) && !isInside && (await namespacesWork())) process.exit(await runInNamespace());

const totals = { passed: 0, failed: 0, skipped: 0 };
const filters = process.argv.slice(2);
if (filters.length === 0) await check();
await test(filters);

console.log(notes().join('\n'));
console.log(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped === 0 ? '' : `, ${totals.skipped} skipped`}`,
);
process.exitCode = totals.failed === 0 ? 0 : 1;

/** Each check is one passed or failed; its own words stand above. */
async function check() {
  const checks = [
    ['types', 'tsc', ['--noEmit']],
    ['types of the console', 'tsc', ['--noEmit', '-p', 'packages/web']],
    ['style and direction', 'biome', ['check', '--diagnostic-level=warn', '.']],
    ['dead code', 'knip', ['--no-progress']],
  ];
  for (const [what, program, args] of checks) {
    const started = performance.now();
    const code = await run(join(ROOT, 'node_modules/.bin', program), args);
    totals[code === 0 ? 'passed' : 'failed'] += 1;
    console.log(`${code === 0 ? '✓' : '×'} ${what} (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
  }
}

async function test(args) {
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-results-'));
  const file = join(folder, 'results.json');
  const reporters = ['default', 'json', './tests/compatibility-reporter.ts'].flatMap((name) => ['--reporter', name]);
  const env = { ...process.env, VIADUCT_CHROMIUM: chromium };
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const all = [vitest, 'run', ...reporters, `--outputFile.json=${file}`, ...args];
  const code = await run(process.execPath, all, { env });
  const results = readResults(file);
  rmSync(folder, { recursive: true, force: true });
  totals.passed += results.numPassedTests;
  totals.failed += results.numFailedTests;
  totals.skipped += results.numPendingTests + results.numTodoTests;
  // A suite that cannot be loaded, or an error outside of any test, is a failure as well.
  if (code !== 0 && results.numFailedTests === 0) totals.failed += 1;
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  }
}

/** What was not run, and why. */
function notes() {
  const lines = ['', ...skippedForWantOfTools()];
  if (!lowPorts)
    lines.push('Skipped: tests of clients that insist on port 443. This user may not bind it; root may, or');
  if (!lowPorts) lines.push('         everybody after "sudo sysctl net.ipv4.ip_unprivileged_port_start=443".');
  return lines;
}

// ---- port 443 without being root ---------------------------------------------------------------------------------------

function mayBindLowPorts() {
  return new Promise((resolve) => {
    const done = (value) => {
      lowPorts = value;
      resolve(value);
    };
    const server = createServer()
      .once('error', (error) => done(error.code !== 'EACCES'))
      .once('listening', () => server.close(() => done(true)))
      .listen(443, '127.0.0.9');
  });
}

/** In a network of its own, with nothing but a loopback interface, an ordinary user may bind every port. */
const NAMESPACE = ['--user', '--map-root-user', '--net', 'sh', '-c'];

function namespacesWork() {
  return run('unshare', [...NAMESPACE, 'ip link set lo up'], { stdio: 'ignore' }).then(
    (code) => code === 0,
    () => false,
  );
}

function runInNamespace() {
  console.log('Port 443 may not be bound by this user: testing in a network namespace of its own.');
  const command = `ip link set lo up && exec "$0" "$@"`;
  const env = { ...process.env, [INSIDE_NAMESPACE]: '1', VIADUCT_CHROMIUM: chromium };
  return run('unshare', [...NAMESPACE, command, process.execPath, ...process.argv.slice(1)], { env });
}
