import type { Refusal } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { facts } from '../output.ts';
import { getDevice, listRefusals } from '../registry.ts';
import { seenAt, withoutKeys } from '../show-device.ts';

export function deviceShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<deviceId>', 'id of the device')
    .description('show one device: status, connection, last seen, and why it was refused lately')
    .action((deviceId: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const device = await getDevice(rest, deviceId);
        const refusals = await listRefusals(rest, deviceId);
        output.answer({ ...withoutKeys(device), refusals }, () =>
          facts([
            ['device', device.deviceId],
            ['status', device.status],
            ['connected', device.connectionState === 'Connected' ? 'yes' : 'no'],
            ['last seen', seenAt(device) ?? 'never'],
            ['authentication', device.authentication?.type ?? 'unknown'],
            ['commands queued', String(device.cloudToDeviceMessageCount ?? 0)],
            ...refusals.slice(0, REFUSALS_SHOWN).map(refusalFact),
          ]),
        );
      }),
    );
}

const REFUSALS_SHOWN = 3;

function refusalFact({ at, count, message, advice }: Refusal): [string, string] {
  const often = count === 1 ? '' : `, ${count} times`;
  return ['refused', `${message} (last at ${at}${often}). ${advice}`];
}
