import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { facts } from '../output.ts';
import { getDevice } from '../registry.ts';
import { seenAt, withoutKeys } from '../show-device.ts';

export function deviceShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<deviceId>', 'id of the device')
    .description('show one device: status, connection, last seen')
    .action((deviceId: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const device = await getDevice(rest, deviceId);
        output.answer(withoutKeys(device), () =>
          facts([
            ['device', device.deviceId],
            ['status', device.status],
            ['connected', device.connectionState === 'Connected' ? 'yes' : 'no'],
            ['last seen', seenAt(device) ?? 'never'],
            ['authentication', device.authentication?.type ?? 'unknown'],
            ['commands queued', String(device.cloudToDeviceMessageCount ?? 0)],
          ]),
        );
      }),
    );
}
