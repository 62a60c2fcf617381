import { HubError, LIMITS } from '@viaduct/contracts';
import { startServer } from './main.ts';
import { parseServeFlags } from './parse-serve-flags.ts';
import { StartFault } from './start-fault.ts';

/** How a server process ended. */
export const ExitCode = { stopped: 0, fault: 1, usage: 2, drainTooLong: 3, stoppedAtOnce: 130 } as const;

/**
 * A terminal sends Ctrl-C to every process of the group and npm hands it on once more: signals this close together are
 * one wish, not two.
 */
const SAME_SIGNAL_MS = 500;

/**
 * `viaduct serve`: runs until SIGTERM or SIGINT, then drains within LIMITS.DRAIN_SECONDS_MAX. A second signal ends the
 * process at once. A fault nobody caught ends it too, with its stack: a server in an unknown state must not go on
 * promising that messages are kept.
 *
 * Resolves with the exit code.
 */
export async function serve(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const config = parseServeFlags(args, env);
    // From before the start: whoever sees the ready file may send a signal at once, and one sent earlier is not forgotten.
    const signalled = untilSignal();
    const server = await startServer(config, (text) => void process.stdout.write(text));
    const onFault = (error: unknown) => {
      server.logger.fatal({ err: error }, 'fault that nobody caught; the process ends');
      process.exit(ExitCode.fault);
    };
    process.on('uncaughtException', onFault).on('unhandledRejection', onFault);
    await signalled;
    process.stdout.write('  Stopping: finishing what is under way. Once more to stop at once.\n');
    return await drain(() => server.close());
  } catch (error) {
    return explain(error);
  }
}

function untilSignal(): Promise<void> {
  let first: number | undefined;
  return new Promise((resolve) => {
    const onSignal = () => {
      first ??= performance.now();
      resolve();
      if (performance.now() - first > SAME_SIGNAL_MS) process.exit(ExitCode.stoppedAtOnce);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
}

async function drain(close: () => Promise<void>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(ExitCode.drainTooLong), LIMITS.DRAIN_SECONDS_MAX * 1_000);
  });
  const code = await Promise.race([close().then(() => ExitCode.stopped), late]);
  clearTimeout(timer);
  return code;
}

/** What is wrong in words where we have them, with its stack where it is a bug of ours. */
function explain(error: unknown): number {
  if (error instanceof StartFault || error instanceof HubError) {
    process.stderr.write(`viaduct: ${error.message}\n`);
    return error instanceof StartFault ? error.exitCode : ExitCode.fault;
  }
  process.stderr.write(`viaduct: ${error instanceof Error ? error.stack : String(error)}\n`);
  return ExitCode.fault;
}
