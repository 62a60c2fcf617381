import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { removeDevice } from '../registry.ts';

export function deviceRemove(context: CliContext): Command {
  return withServer(new Command('remove'))
    .argument('<deviceId...>', 'ids of the devices')
    .description('remove devices with their twins and queued commands; what they said stays in the log')
    .action((deviceIds: readonly string[], options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        // One by one: where one is missing, those before it are gone, and the message names it.
        for (const deviceId of deviceIds) await removeDevice(rest, deviceId);
        output.answer({ removed: deviceIds }, () => deviceIds.map((deviceId) => `removed ${deviceId}\n`).join(''));
      }),
    );
}
