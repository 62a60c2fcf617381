import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { listRoutes, routeTable } from '../routing.ts';

export function routeList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list the routes: what goes to which endpoint')
    .action((options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const routes = await output.waiting('asking for routes', listRoutes(rest));
        output.answer(routes, () => routeTable(routes));
      }),
    );
}
