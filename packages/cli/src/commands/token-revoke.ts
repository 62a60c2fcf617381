import { Command } from 'commander';
import { revokeAccessToken } from '../access-tokens.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';

export function tokenRevoke(context: CliContext): Command {
  return withServer(new Command('revoke'))
    .argument('<name...>', 'names of the tokens')
    .description('revoke access tokens; from the next request on they open nothing')
    .action((names: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        for (const name of names) await revokeAccessToken(rest, name);
        output.answer({ revoked: names }, () => names.map((name) => `revoked ${name}\n`).join(''));
      }),
    );
}
