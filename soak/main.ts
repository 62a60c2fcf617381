import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makeTestCa, TEST_CA_DIRECTORY } from '@viaduct/testkit';
import { parseOptions, type SoakOptions, USAGE } from './options.ts';
import { runSoak, type SoakReport } from './run-soak.ts';

/** Threshold above which memory does not count as flat, MB an hour. */
const MB_PER_HOUR_MAX = 100;
/** Descriptors that may be open in the end beyond those at the start: log segments, database files. */
const DESCRIPTORS_MORE_MAX = 8;

const argv = process.argv.slice(2);
// The service SDKs take no CA as an option, and Node reads NODE_EXTRA_CA_CERTS once, when a process begins.
if (process.env[TEST_CA_DIRECTORY] === undefined) process.exitCode = await runAgainWithCa();
// Some of the clients leave timers behind when they are closed; what the server left open is in the report.
else process.exit(await main(argv));

async function runAgainWithCa(): Promise<number> {
  const removeCa = await makeTestCa();
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...argv];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  await removeCa();
  return status ?? 1;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  console.log(described(options));
  const startedAt = performance.now();
  const report = await runSoak(options, (text) => {
    console.log(`${((performance.now() - startedAt) / 60_000).toFixed(1).padStart(5)} min  ${text}`);
  });
  const failures = judge(report);
  console.log(JSON.stringify(report, null, 2));
  for (const failure of failures) console.log(`× ${failure}`);
  if (failures.length === 0)
    console.log('✓ every acknowledged message and command is accounted for, memory is flat, nothing is left open');
  return failures.length === 0 ? 0 : 1;
}

function described({ devices, minutes, kills, cutsPerSecond, intervalSeconds }: SoakOptions): string {
  return `${devices} devices, a message each ${intervalSeconds} s, ${cutsPerSecond} cut connections a second, ${kills} × kill -9, ${minutes} minutes`;
}

function judge({ missing, gaps, commandsMissing, memory, descriptors, exitCode, acknowledged }: SoakReport): string[] {
  const last = memory.at(-1)?.mbPerHour;
  return [
    acknowledged === 0 ? 'nothing was acknowledged at all' : '',
    missing > 0 ? `${missing} acknowledged messages were not seen` : '',
    gaps.length > 0 ? `holes or disorder in the messages of devices: ${gaps.slice(0, 5).join('; ')}` : '',
    commandsMissing.length > 0
      ? `${commandsMissing.length} accepted commands reached no device: ${commandsMissing.slice(0, 5).join(', ')}`
      : '',
    last !== undefined && last > MB_PER_HOUR_MAX ? `memory grew by ${last} MB an hour` : '',
    descriptors.after > descriptors.before + DESCRIPTORS_MORE_MAX
      ? `${descriptors.after} descriptors are open at the end; ${descriptors.before} were at the start`
      : '',
    exitCode !== 0 ? `the server ended with ${exitCode}` : '',
  ].filter((failure) => failure !== '');
}
