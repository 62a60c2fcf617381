import { CommanderError } from 'commander';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { explainFailure } from './explain-failure.ts';
import { Output } from './output.ts';
import { buildProgram } from './program.ts';

/**
 * Runs one command line. Resolves with the exit code; never rejects.
 *
 * @param args what stands after `viaduct`
 */
export async function runCli(args: readonly string[], context: Omit<CliContext, 'setExitCode'>): Promise<number> {
  let exitCode: number = ExitCode.ok;
  const program = buildProgram({
    ...context,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its message already; help and version are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    const failure = explainFailure(error);
    new Output(context.streams, args.includes('--json')).failure(failure);
    return failure.exitCode;
  }
}
