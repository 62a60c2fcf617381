import { Command } from 'commander';
import type { CliContext } from '../context.ts';

/**
 * Starts the server in this process. The flags are the server's own table, read by the server itself: here they pass
 * through, so that there is one list of them, and so that the other commands need not load the server to parse theirs.
 */
export function serve(context: CliContext): Command {
  return new Command('serve')
    .description('start the server; `viaduct serve --help` lists its options, docs/operating/config.md explains them')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .argument('[flags...]', 'options of the server')
    .action(async (flags: readonly string[]) => {
      const server = await import('@viaduct/server');
      if (flags.includes('--help') || flags.includes('-h')) {
        context.streams.out(`Usage: viaduct serve [options]\n\n${server.describeServeFlags()}\n`);
        return;
      }
      context.setExitCode(await server.serve(flags, { ...context.env }));
    });
}
