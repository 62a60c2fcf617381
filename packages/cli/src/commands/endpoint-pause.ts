import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { endpointTable, setPaused } from '../routing.ts';

export function endpointPause(context: CliContext): Command {
  return switching(context, 'pause', true, 'deliver nothing to an endpoint for now; what comes waits in the log');
}

export function endpointResume(context: CliContext): Command {
  return switching(
    context,
    'resume',
    false,
    'deliver again, beginning with what waited; also tries a failing one at once',
  );
}

function switching(context: CliContext, word: string, isPaused: boolean, description: string): Command {
  return withServer(new Command(word))
    .argument('<name>', 'name of the endpoint')
    .description(description)
    .action((name: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const endpoint = await setPaused(rest, name, isPaused);
        output.answer(endpoint, () => endpointTable([endpoint]));
      }),
    );
}
