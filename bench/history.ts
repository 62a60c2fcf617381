import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contestant, type Readings, readQueries, sampleOf, type Workload } from './history-contestants.ts';
import { PostgresContestant, postgresVersion } from './history-postgres.ts';
import { SqliteContestant } from './history-sqlite.ts';
import { ViaductContestant } from './history-viaduct.ts';

/**
 * The history beside plain SQLite and PostgreSQL, on the same samples in one run.
 *
 *     npm run bench:history                     2,000,000 samples of 10,000 devices over a week
 *     npm run bench:history -- --full           20,000,000
 *     npm run bench:history -- --rows 200000    does it run at all?
 *
 * Viaduct's row goes the product's own way: records of the log, decoded, taken apart, committed with their place, in its thread, while the
 * two queries are asked four times a second. The peers get bare values, and nobody asks them meanwhile. Prints Markdown.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '2000000' },
      full: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      folder: { type: 'string', default: new URL('./results', import.meta.url).pathname },
    },
  });
  const workload: Workload = { rows: values.full ? 20_000_000 : Number(values.rows), devices: 10_000 };
  mkdirSync(resolve(values.folder), { recursive: true });
  const directory = mkdtempSync(join(resolve(values.folder), 'history-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  print(
    `# History: ${workload.rows.toLocaleString('en-US')} samples of ${workload.devices.toLocaleString('en-US')} devices\n`,
  );
  const memory = Math.round(totalmem() / 2 ** 30);
  print(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${memory} GiB; Node ${process.version}\n`);

  const postgres = postgresVersion();
  const contestants: Contestant[] = [
    new ViaductContestant(join(directory, 'viaduct')),
    new SqliteContestant(join(directory, 'sqlite')),
    ...(postgres === undefined ? [] : [new PostgresContestant(join(directory, 'postgres'), postgres)]),
  ];
  const wanted = contestants.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));
  const results: Result[] = [];
  for (const contestant of wanted) results.push(await measure(contestant, workload));
  report(results);
  if (postgres === undefined) print('\nPostgreSQL is not installed (`postgresql-15` of Debian), and has no row.');
}

interface Result {
  readonly name: string;
  readonly rowsPerSecond: number;
  readonly cpuSecondsPerMillion: number | null;
  readonly week: number;
  readonly hour: number;
  readonly bytesPerMillion: number;
  readonly during: Readings | null;
}

async function measure(contestant: Contestant, workload: Workload): Promise<Result> {
  process.stderr.write(`${contestant.name} …\n`);
  await contestant.open(workload);
  try {
    const cpuBefore = process.cpuUsage();
    const begun = performance.now();
    const during = await contestant.ingest(workload);
    const seconds = (performance.now() - begun) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    await contestant.settle();
    const { week, hour } = await readQueries(contestant, workload, REPETITIONS);
    const perMillion = 1e6 / workload.rows;
    return {
      name: contestant.name,
      rowsPerSecond: workload.rows / seconds,
      cpuSecondsPerMillion: contestant.isInProcess ? ((user + system) / 1e6) * perMillion : null,
      ...{ week, hour, during },
      bytesPerMillion: (await contestant.bytes()) * perMillion,
    };
  } finally {
    await contestant.close();
  }
}

const REPETITIONS = 15;

function report(results: readonly Result[]): void {
  print(
    '| store | rows/s in | CPU-s/M | a device, a week by hour, ms | all devices, last hour, ms | MB per million points |',
  );
  print('|---|---:|---:|---:|---:|---:|');
  for (const { name, rowsPerSecond, cpuSecondsPerMillion, week, hour, bytesPerMillion } of results) {
    const cpu = cpuSecondsPerMillion?.toFixed(1) ?? '';
    const rate = Math.round(rowsPerSecond).toLocaleString('en-US');
    print(
      `| ${name} | ${rate} | ${cpu} | ${week.toFixed(1)} | ${hour.toFixed(1)} | ${(bytesPerMillion / 1e6).toFixed(1)} |`,
    );
  }
  const [viaduct, ...peers] = results;
  if (viaduct?.during == null) return;
  const { week, hour, asked } = viaduct.during;
  print(
    `\nWhile it was written: a device's week ${week.toFixed(1)} ms, all devices' last hour ${hour.toFixed(1)} ms (medians of ${asked}).\n`,
  );
  for (const peer of peers) {
    const ratio = (name: 'week' | 'hour' | 'bytesPerMillion') => (peer[name] / viaduct[name]).toFixed(1);
    const rate = (viaduct.rowsPerSecond / peer.rowsPerSecond).toFixed(2);
    print(
      `Beside ${peer.name}: ${rate} times its rate in, answers in 1/${ratio('week')} and 1/${ratio('hour')} of its time, 1/${ratio('bytesPerMillion')} of its bytes.`,
    );
  }
  const first = sampleOf(0, { rows: 1, devices: 1 });
  print(
    `\nA message is \`${JSON.stringify({ t: first.value })}\`. CPU is of this process, which makes the messages as well.`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
