import { LIMITS, ROUTE_SOURCES, type RouteSource } from '@viaduct/contracts';
import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { readNumber } from '../read-json.ts';
import { countMatches, matchText } from '../routing.ts';

interface Options extends CommonOptions {
  readonly source: RouteSource;
  readonly newest: string;
}

export function routeTest(context: CliContext): Command {
  return withServer(new Command('test'))
    .argument('<condition>', 'a condition in the routing language')
    .description('tell how many of the newest records a condition would have taken')
    .addOption(
      new Option('--source <source>', 'where records come from').choices(ROUTE_SOURCES).default('DeviceMessages'),
    )
    .option('--newest <n>', 'how many records to look at', '1000')
    .action((condition: string, { source, newest, ...options }: Options) => {
      const count = readNumber('--newest', newest, { min: 1, max: LIMITS.ROUTE_TEST_RECORDS_MAX, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const matches = await output.waiting('reading the log', countMatches(rest, { source, condition }, count));
        output.answer(matches, () => matchText(matches));
      });
    });
}
