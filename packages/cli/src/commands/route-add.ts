import { ROUTE_SOURCES, type RouteSource } from '@viaduct/contracts';
import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { putRoute, routeTable } from '../routing.ts';

interface Options extends CommonOptions {
  readonly to: readonly string[];
  readonly condition: string;
  readonly source: RouteSource;
  readonly disabled?: boolean;
}

export function routeAdd(context: CliContext): Command {
  return withServer(new Command('add'))
    .argument('<name>', 'what to call the route')
    .description('add a route, or replace the one of that name')
    .requiredOption('--to <endpoint...>', 'endpoints that get what matches; events is the built-in one')
    .option('--condition <text>', 'which records, in the routing language', 'true')
    .addOption(
      new Option('--source <source>', 'where records come from').choices(ROUTE_SOURCES).default('DeviceMessages'),
    )
    .option('--disabled', 'keep it without using it')
    .action((name: string, { to, condition, source, disabled, ...options }: Options) =>
      onServer(context, options, async ({ rest, output }) => {
        const isEnabled = disabled !== true;
        const route = await putRoute(rest, { name, source, condition, endpointNames: to, isEnabled });
        output.answer(route, () => routeTable([route]));
      }),
    );
}
