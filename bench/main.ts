import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeBenchFiles } from './bench-files.ts';
import { type BenchCase, CASES } from './cases.ts';
import { BenchFailure } from './child.ts';
import { type Contestant, floors, peers } from './contestants.ts';
import { buildGenerator, type Generator, nodeGenerator } from './generator.ts';
import { machineFacts } from './machine.ts';
import { measure } from './measurement.ts';
import { type BenchOptions, parseOptions, USAGE } from './options.ts';
import { formatReport, type Run } from './report.ts';
import { Results } from './results.ts';
import { viaducts } from './viaduct.ts';

/**
 * `npm run bench`: Viaduct beside its peers, in one run.
 *
 *     for each repetition · for each case · for each server: start it afresh, measure, stop it
 *
 * Interleaved so, a slow minute of the machine falls on all servers alike. Prints Markdown, and keeps every sample as JSON.
 */
async function main(options: BenchOptions): Promise<void> {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, 'tmp-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

  const generator = options.nodeGenerator ? nodeGenerator() : buildGenerator(scratch);
  const contestants = await gather(options, generator, scratch);
  const run: Run = {
    startedAt: new Date().toISOString(),
    repetitions: options.repetitions,
    secondsEach: options.seconds,
    generator: generator.description,
    machine: machineFacts(scratch),
  };
  if (run.machine.fileSystem === 'tmpfs')
    console.error('The data folder is in memory: durable figures mean nothing here.');

  const results = await runAll(options, contestants, generator, scratch);
  const report = formatReport(run, contestants, results);
  const file = join(folder, `${run.startedAt.replaceAll(/[:.]/g, '-')}`);
  writeFileSync(`${file}.json`, `${JSON.stringify({ ...run, options, results }, null, 2)}\n`);
  writeFileSync(`${file}.md`, report);
  console.log(`${report}\nEvery sample: ${file}.json`);
}

/** A Viaduct that does not start is said aloud and the peers are measured all the same. */
async function gather(options: BenchOptions, generator: Generator, scratch: string): Promise<Contestant[]> {
  const files = makeBenchFiles(scratch);
  const all = [...(generator.sink === undefined ? [] : floors(generator.sink, files)), ...peers(files)];
  const wanted = (name: string): boolean =>
    options.only.length === 0 || options.only.some((part) => name.includes(part));
  if (wanted('viaduct')) {
    try {
      all.push(...(await viaducts(scratch)));
    } catch (error) {
      console.error(`Viaduct does not take part: ${(error as Error).message}`);
    }
  }
  return all.filter(({ name }) => wanted(name));
}

async function runAll(
  options: BenchOptions,
  contestants: readonly Contestant[],
  generator: Generator,
  scratch: string,
) {
  const results = new Results(contestants.map(({ name }) => name));
  const cases = CASES.filter(({ id }) => options.cases.includes(id));
  for (let repetition = 1; repetition <= options.repetitions; repetition++) {
    for (const benchCase of cases) {
      console.error(`${repetition}/${options.repetitions} ${benchCase.id}: ${benchCase.title}`);
      for (const contestant of rotated(contestants, repetition).filter((one) => one.takesPart(benchCase))) {
        await runOne(options, benchCase, contestant, generator, scratch, results);
      }
    }
  }
  return results;
}

/** Another first in every repetition: whoever follows a heavy writer finds its dirty pages still being written back. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const cut = by % Math.max(items.length, 1);
  return [...items.slice(cut), ...items.slice(0, cut)];
}

async function runOne(
  options: BenchOptions,
  benchCase: BenchCase,
  contestant: Contestant,
  generator: Generator,
  scratch: string,
  results: Results,
): Promise<void> {
  const folder = mkdtempSync(join(scratch, 'run-'));
  const cell = results.cell(benchCase.id, contestant.name);
  try {
    const server = await contestant.start(benchCase, folder);
    try {
      const sample = await measure(generator, benchCase, server, options);
      cell.samples.push(sample);
      const { raw, ...figures } = sample;
      console.error(
        `  ${contestant.name}: ${JSON.stringify(figures, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value))}`,
      );
    } finally {
      await server.close();
    }
  } catch (error) {
    if (!(error instanceof BenchFailure)) throw error;
    cell.failures.push(error.message);
    console.error(`  ${contestant.name}: failed: ${error.message}`);
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else await main(options);
} catch (error) {
  console.error(error instanceof BenchFailure ? error.message : error);
  process.exitCode = 1;
}
