import { Argument, Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import type { CliContext } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';
import { readJson } from '../read-json.ts';
import type { RestRequest } from '../rest-client.ts';

const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;

export function apiRequest(context: CliContext): Command {
  return withCentral(new Command('api'))
    .addArgument(new Argument('<method>', 'of the request').choices(METHODS))
    .argument('<path>', 'below /api, such as /devices or "/devices?maxpagesize=5"')
    .argument('[body]', 'JSON')
    .description('ask the REST interface of Azure IoT Central, and print what it answers')
    .action((method: RestRequest['method'], path: string, body: string | undefined, options: CentralOptions) => {
      if (!path.startsWith('/')) {
        throw new CliFailure(ExitCode.usage, `${path} is not a path`, 'Begin it with a slash, as in /devices.');
      }
      const [bare = '', search] = path.split('?', 2);
      const request = {
        ...{ method, path: `/api${bare}`, query: Object.fromEntries(new URLSearchParams(search)) },
        ...(body === undefined ? {} : { body: readJson('the body', body) }),
      };
      return onCentral(context, options, async ({ rest, output }) => {
        const answer = await rest.send(request);
        output.answer(answer ?? {}, () => (answer === undefined ? 'done\n' : `${JSON.stringify(answer, null, 2)}\n`));
      });
    });
}
