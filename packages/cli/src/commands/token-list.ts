import { Command } from 'commander';
import { accessTokenTable, listAccessTokens } from '../access-tokens.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function tokenList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list the access tokens, with when each was used last')
    .action((options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const tokens = await listAccessTokens(rest);
        output.answer(tokens, () => accessTokenTable(tokens));
      }),
    );
}
