import { Command } from 'commander';
import { apiTokenTable, listApiTokens } from '../api-tokens.ts';
import type { CliContext } from '../context.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';

export function apiTokenList(context: CliContext): Command {
  return withCentral(new Command('list'))
    .description('list the API tokens')
    .action((options: CentralOptions) =>
      onCentral(context, options, async ({ rest, output }) => {
        const tokens = await listApiTokens(rest);
        output.answer(tokens, () => apiTokenTable(tokens));
      }),
    );
}
