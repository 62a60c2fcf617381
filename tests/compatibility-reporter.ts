import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { CENTRAL_OPERATIONS } from './contract/sdk/central-operations.ts';
import { OPERATIONS, type Operation, PROVISIONING_OPERATIONS } from './contract/sdk/operations.ts';

const FILE = fileURLToPath(new URL('../COMPATIBILITY.md', import.meta.url));
const SUITES = fileURLToPath(new URL('contract/', import.meta.url));
const SUFFIX = '-sdk.test.ts';
/** Files whose tests may say which operations they prove: those of clients, and of raw requests. */
const PROVING = /^(?:.*-sdk|(?:rest|central)-.*)\.test\.ts$/;

/**
 * Writes COMPATIBILITY.md from the conformance tests: every suite of `tests/contract/*-sdk.test.ts` is named
 * `client · transport · credential`, every test in it is a capability, and its outcome is a cell of the table of that
 * client. A test whose task says `notSupported` proves what the protocol or the client lacks; one that says `operations`
 * proves those, whatever its suite is called. In CI the file must already be true.
 */
export default class CompatibilityReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const proving = modules
      .filter(({ moduleId }) => PROVING.test(basename(moduleId)))
      .sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
    const allTests = proving.flatMap((module) => [...module.children.allTests()]);
    if (!isWholeRun(proving, allTests)) return;
    const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
    const tests = allTests.filter(({ module }) => module.moduleId.endsWith(SUFFIX));
    const cells = tests.map(cellOf).filter((cell) => cell !== undefined);
    const proofs = proofsOf(allTests);
    const text = render(cells, proofs, before);
    const unproved = operationsWithout(proofs);
    if (unproved.length > 0) {
      console.error(`No passing test proves ${unproved.join(', ')}.`);
      process.exitCode = 1;
    }
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

/** Part of the tests says nothing about the table. */
function isWholeRun(modules: readonly TestModule[], tests: readonly TestCase[]): boolean {
  const ran = new Set(modules.map(({ moduleId }) => basename(moduleId)));
  const all = readdirSync(SUITES).filter((name) => PROVING.test(name));
  return all.every((name) => ran.has(name)) && !tests.some((test) => test.result().state === 'pending');
}

interface Cell {
  readonly client: string;
  readonly transport: string;
  readonly credential: string;
  readonly capability: string;
  readonly outcome: string;
}

function cellOf(test: TestCase): Cell | undefined {
  const names = test.parent.type === 'suite' ? test.parent.name.split(' · ') : [];
  const [client, transport, credential] = names;
  if (client === undefined || transport === undefined || credential === undefined) return undefined;
  return { client, transport, credential, capability: test.name, outcome: outcomeOf(test) };
}

function outcomeOf(test: TestCase): string {
  const { state } = test.result();
  if (state === 'skipped') return NOT_RUN;
  if (state !== 'passed') return '**fail**';
  const { notSupported } = test.meta() as { notSupported?: string };
  if (notSupported === undefined) return 'pass';
  return notSupported.endsWith('protocol') ? '–' : '– ¹';
}

/** The client is not on this machine, or was not asked for: what an earlier run proved of it stands. */
const NOT_RUN = 'not run';

/** In this order; others follow. */
const COLUMNS = ['MQTT', 'MQTT over WebSocket', 'AMQP', 'AMQP over WebSocket', 'AMQP without TLS', 'HTTPS'];

type Proofs = ReadonlyMap<Operation, ReadonlySet<string>>;

/** Who proved what: the client a suite is named after, or raw requests. */
function proofsOf(tests: readonly TestCase[]): Proofs {
  const proofs = new Map<Operation, Set<string>>();
  for (const test of tests) {
    if (test.result().state !== 'passed') continue;
    const { operations = [], provedWith } = test.meta();
    const client = provedWith ?? cellOf(test)?.client;
    const by = client === undefined ? 'raw requests' : titleOf(client);
    for (const name of operations) proofs.set(name, (proofs.get(name) ?? new Set()).add(by));
  }
  return proofs;
}

function operationsWithout(proofs: Proofs): Operation[] {
  const all = Object.keys({ ...OPERATIONS, ...PROVISIONING_OPERATIONS, ...CENTRAL_OPERATIONS }) as Operation[];
  return all.filter((name) => !proofs.has(name));
}

function operationTable(title: string, operations: Partial<Record<Operation, string>>, proofs: Proofs): string[] {
  const rows = (Object.entries(operations) as [Operation, string][]).map(([name, call]) => {
    const by = [...(proofs.get(name) ?? [])].sort().join(', ') || '**not proved**';
    return `| ${name.replace('.', ': ').replaceAll('_', ' ')} | \`${call}\` | ${by} |`;
  });
  return ['', `## ${title}`, '', '| operation | call | proved by |', '|---|---|---|', ...rows];
}

function render(cells: readonly Cell[], proofs: Proofs, before: string): string {
  const clients = [...new Set(cells.map(({ client }) => client))];
  const sections = clients.flatMap((client) => {
    const own = cells.filter((cell) => cell.client === client);
    return own.some(({ outcome }) => outcome === NOT_RUN) ? sectionsBefore(client, before) : sectionsOf(own);
  });
  return `${[
    '# Compatibility',
    '',
    'What is proved, with which unmodified client, over real TLS sockets. Written by the conformance tests',
    '(`tests/contract/*-sdk.test.ts`) when they run; what is not in these tables is not claimed.',
    '',
    '`–` the protocol cannot do it · `– ¹` this client cannot do it over that transport · empty: not tried',
    ...sections,
    ...operationTable('Operations of the data plane', OPERATIONS, proofs),
    ...operationTable('Operations of the provisioning service', PROVISIONING_OPERATIONS, proofs),
    ...operationTable('Operations of Azure IoT Central', CENTRAL_OPERATIONS, proofs),
    '',
    'Not supported yet: modules made on behalf of an Edge device.',
  ].join('\n')}\n`;
}

/** What the file said of a client, whatever its version was. */
function sectionsBefore(client: string, before: string): string[] {
  const wanted = withoutVersion(titleOf(client));
  return before
    .split(/\n(?=## )|\n\n(?=Not supported yet)/)
    .filter(
      (section) => section.startsWith('## ') && withoutVersion(/^## ([^,\n]*)/.exec(section)?.[1] ?? '') === wanted,
    )
    .flatMap((section) => ['', ...section.trimEnd().split('\n')]);
}

function withoutVersion(title: string): string {
  return title.replace(/`|\d[\w.+-]*|\(not installed\)/g, '').replace(/\s+/g, ' ');
}

/** One table for the credential that most was tried with, and one for the others. */
function sectionsOf(cells: readonly Cell[]): string[] {
  const client = cells[0]?.client ?? '';
  const tried = new Set([...COLUMNS, ...cells.map(({ transport }) => transport)]);
  const transports = [...tried].filter((name) => cells.some(({ transport }) => transport === name));
  const cellsWith = (name: string) => cells.filter(({ credential }) => credential === name).length;
  const credentials = new Set(cells.map(({ credential }) => credential));
  const [main, ...rest] = [...credentials].sort((a, b) => cellsWith(b) - cellsWith(a));
  const others = rest.flatMap((name) => cells.filter(({ credential }) => credential === name));
  return [
    '',
    `## ${titleOf(client)}, ${main}`,
    '',
    ...tableOf(
      ['capability'],
      transports,
      cells.filter(({ credential }) => credential === main),
    ),
    ...(others.length === 0 ? [] : ['', `## ${titleOf(client)}, other credentials`, '']),
    ...(others.length === 0 ? [] : tableOf(['credential', 'capability'], transports, others)),
  ];
}

function tableOf(keys: readonly (keyof Cell)[], transports: readonly string[], cells: readonly Cell[]): string[] {
  const rows = new Map<string, Map<string, string>>();
  for (const cell of cells) {
    const key = keys.map((name) => cell[name]).join(' | ');
    const row = rows.get(key) ?? new Map<string, string>();
    rows.set(key, row);
    const before = row.get(cell.transport);
    row.set(cell.transport, before === undefined || before === 'pass' ? cell.outcome : before);
  }
  fillFromPrefixes(rows);
  return [
    `| ${[...keys, ...transports].join(' | ')} |`,
    `|${'---|'.repeat(keys.length + transports.length)}`,
    ...[...rows].map(([key, row]) => `| ${[key, ...transports.map((name) => row.get(name) ?? '')].join(' | ')} |`),
  ];
}

/** `method` stands for all of `method: …` where a transport has none of them. */
function fillFromPrefixes(rows: Map<string, Map<string, string>>): void {
  for (const [key, general] of rows) {
    const special = [...rows].filter(([other]) => other.startsWith(`${key}: `));
    if (special.length === 0) continue;
    rows.delete(key);
    for (const [, row] of special) {
      for (const [transport, outcome] of general) if (!row.has(transport)) row.set(transport, outcome);
    }
  }
}

/** `azure-iot-device modules` is a client of the package `azure-iot-device`. */
function titleOf(client: string): string {
  const [name = '', ...rest] = client.split(' ');
  const version = versionOf(name);
  return version === '' ? client : [`\`${name}\` ${version}`, ...rest].join(' ');
}

function versionOf(name: string): string {
  const entry = createRequire(import.meta.url)
    .resolve.paths(name)
    ?.map((folder) => `${folder}/${name}/package.json`);
  const manifest = entry?.find((file) => existsSync(file));
  return manifest === undefined ? '' : (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
