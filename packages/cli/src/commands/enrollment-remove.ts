import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { kindOf, withKind } from '../enrollment-options.ts';
import { removeEnrollment } from '../enrollments.ts';

interface Options extends CommonOptions {
  readonly group?: boolean;
  readonly devices?: 'disable' | 'delete';
}

export function enrollmentRemove(context: CliContext): Command {
  return withServer(withKind(new Command('remove')))
    .argument('<id...>', 'registration ids of devices, or ids of groups')
    .description('remove enrolments; devices that came through them stay at their hub unless told otherwise')
    .addOption(
      new Option('--devices <what>', 'what becomes at once of the devices that came through them').choices([
        'disable',
        'delete',
      ]),
    )
    .action((ids: readonly string[], options: Options) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        for (const id of ids) await removeEnrollment(rest, kindOf(options), id, options.devices);
        output.answer({ removed: ids }, () => ids.map((id) => `removed ${id}\n`).join(''));
      }),
    );
}
