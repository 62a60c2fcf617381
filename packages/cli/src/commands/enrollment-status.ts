import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onProvisioning, withServer } from '../context.ts';
import { kindOf, withKind } from '../enrollment-options.ts';
import { changeEnrollment } from '../enrollments.ts';
import { enrollmentTable } from '../show-enrollment.ts';

interface Options extends CommonOptions {
  readonly group?: boolean;
  readonly devices?: 'enable' | 'disable';
}

export function enrollmentEnable(context: CliContext): Command {
  return switching(context, 'enable', 'enabled', 'let devices come again');
}

export function enrollmentDisable(context: CliContext): Command {
  return switching(context, 'disable', 'disabled', 'let nobody come any more; who was provisioned stays connected');
}

function switching(
  context: CliContext,
  word: 'enable' | 'disable',
  provisioningStatus: 'enabled' | 'disabled',
  description: string,
): Command {
  const devices = new Option('--devices <what>', `${word} the devices that came through it too, at once`);
  return withServer(withKind(new Command(word)))
    .argument('<id>', 'registration id of the device, or id of the group')
    .description(description)
    .addOption(devices.choices([word]))
    .action((id: string, options: Options) =>
      onProvisioning(context, options, async ({ rest, output }) => {
        const which = { kind: kindOf(options), id };
        const changed = await changeEnrollment(rest, which, { provisioningStatus }, options.devices);
        output.answer(changed, () => enrollmentTable([changed]));
      }),
    );
}
