import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { table } from '../output.ts';
import { readNumber } from '../read-json.ts';
import { type DeviceIdentity, listDevices } from '../registry.ts';
import { seenAt, withoutKeys } from '../show-device.ts';

export function deviceList(context: CliContext): Command {
  return withServer(new Command('list'))
    .description('list devices')
    .option('--top <n>', `at most this many, up to ${LIMITS.DEVICE_PAGE_MAX}`, String(LIMITS.DEVICE_PAGE_MAX))
    .action((options: CommonOptions & { readonly top: string }) => {
      const top = readNumber('--top', options.top, { min: 1, max: LIMITS.DEVICE_PAGE_MAX, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const devices = await output.waiting('asking for devices', listDevices(rest, top));
        output.answer(devices.map(withoutKeys), () => deviceTable(devices));
        if (devices.length === top) output.note(`The first ${top}; there may be more.`);
      });
    });
}

function deviceTable(devices: readonly DeviceIdentity[]): string {
  if (devices.length === 0) return 'No devices yet. `viaduct device add ID` registers one.\n';
  const rows = devices.map((device) => [
    device.deviceId,
    device.status,
    device.connectionState === 'Connected' ? 'yes' : 'no',
    String(device.cloudToDeviceMessageCount ?? 0),
    seenAt(device) ?? 'never',
  ]);
  return table(['DEVICE', 'STATUS', 'CONNECTED', 'QUEUED', 'LAST SEEN'], rows);
}
