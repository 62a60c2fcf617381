import { Command } from 'commander';
import { revokeApiToken } from '../api-tokens.ts';
import type { CliContext } from '../context.ts';
import { type CentralOptions, onCentral, withCentral } from '../on-central.ts';

export function apiTokenRevoke(context: CliContext): Command {
  return withCentral(new Command('revoke'))
    .argument('<id...>', 'ids of the tokens')
    .description('revoke API tokens; from the next request on they open nothing')
    .action((ids: readonly string[], options: CentralOptions) =>
      onCentral(context, options, async ({ rest, output }) => {
        for (const id of ids) await revokeApiToken(rest, id);
        output.answer({ revoked: ids }, () => ids.map((id) => `revoked ${id}\n`).join(''));
      }),
    );
}
