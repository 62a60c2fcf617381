import { runCli } from './run-cli.ts';
import { runAgainTrusting } from './trust-ca.ts';

/**
 * The process around `runCli`. Streams end cleanly at the first Ctrl-C or SIGTERM and at once at a second one; every other
 * command has nothing to put in order and ends at once.
 * `serve` has its own way to stop, with a drain, so its signals are left to it.
 */
const args = process.argv.slice(2);
const stop = new AbortController();
const isStream = args[0] === 'monitor' || args[0] === 'simulate' || args.includes('--follow');
if (args[0] !== 'serve') {
  // What the official SDKs do that Node will drop one day is ours to know, not an operator's to read.
  process.noDeprecation = true;
  const onSignal = () => {
    if (!isStream || stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
}
// `viaduct monitor | head` ends with the reader, quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await runCli(args, {
  streams: {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY === true,
  },
  env: process.env,
  stop: stop.signal,
  runTrusting: (caFile) => runAgainTrusting(caFile, process.env),
});
// Set, not exited on: what is still in a pipe must get out. An SDK that leaves a timer behind is not waited for.
process.exitCode = code;
setTimeout(() => process.exit(code), 1_000).unref();
