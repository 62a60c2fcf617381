import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const FILE = fileURLToPath(new URL('../COMPATIBILITY.md', import.meta.url));
const SUITES_MIN = 5;

/**
 * Writes COMPATIBILITY.md from the conformance tests: every suite of `tests/contract/*-sdk.test.ts` is named
 * `client · transport · credential`, every test in it is a capability. In CI the file must already be true.
 */
export default class CompatibilityReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .filter(({ moduleId }) => moduleId.endsWith('-sdk.test.ts'))
      .flatMap((module) => [...module.children.allTests()]);
    const rows = tests.filter((test) => suiteOf(test).length === 3).map(rowOf);
    const suites = new Set(tests.map((test) => suiteOf(test).join()));
    // Part of the tests says nothing about the table.
    if (suites.size < SUITES_MIN || tests.some((test) => test.result().state === 'pending')) return;
    const text = render(rows);
    const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
    if (text === before) return;
    if (process.env.CI) {
      console.error(
        'COMPATIBILITY.md differs from what the conformance tests prove; run `npm test -- --project contract` and commit it.',
      );
      process.exitCode = 1;
    } else {
      writeFileSync(FILE, text);
      console.log('COMPATIBILITY.md was written anew.');
    }
  }
}

function suiteOf(test: TestCase): string[] {
  return test.parent.type === 'suite' ? test.parent.name.split(' · ') : [];
}

function rowOf(test: TestCase): string {
  const [client = '', transport, credential] = suiteOf(test);
  const state = { passed: 'pass', failed: '**fail**', skipped: 'not run', pending: 'not run' }[test.result().state];
  return `| \`${client}\` ${versionOf(client)} | ${transport} | ${credential} | ${test.name} | ${state} |`;
}

function versionOf(client: string): string {
  const entry = createRequire(import.meta.url)
    .resolve.paths(client)
    ?.map((folder) => `${folder}/${client}/package.json`);
  const manifest = entry?.find((file) => existsSync(file));
  return manifest === undefined ? '' : (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function render(rows: readonly string[]): string {
  return `${[
    '# Compatibility',
    '',
    'What is proved, with which unmodified client, over real TLS sockets. Written by the conformance tests',
    '(`tests/contract/*-sdk.test.ts`) when they run; what is not in this table is not claimed.',
    '',
    '| client | transport | credential | what it does | result |',
    '|---|---|---|---|---|',
    ...[...rows].sort(),
    '',
    'Not supported yet: devices over AMQP and HTTPS beyond single messages, certificates signed by an authority, modules beyond MQTT and the registry,',
    'file upload, jobs, configurations, queries with conditions, routes, digital twin operations, provisioning.',
  ].join('\n')}\n`;
}
