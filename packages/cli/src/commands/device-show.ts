import type { ConnectionStay, Refusal } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { facts } from '../output.ts';
import { getDevice, listConnections, listRefusals } from '../registry.ts';
import { seenAt, withoutKeys } from '../show-device.ts';

export function deviceShow(context: CliContext): Command {
  return withServer(new Command('show'))
    .argument('<deviceId>', 'id of the device')
    .description('show one device: status, last seen, its last connections, and why it was refused lately')
    .action((deviceId: string, options: CommonOptions) =>
      onServer(context, options, async ({ rest, output }) => {
        const device = await getDevice(rest, deviceId);
        const refusals = await listRefusals(rest, deviceId);
        const connections = (await listConnections(rest, deviceId)).slice(0, CONNECTIONS_SHOWN);
        output.answer({ ...withoutKeys(device), connections, refusals }, () =>
          facts([
            ['device', device.deviceId],
            ['status', device.status],
            ['connected', device.connectionState === 'Connected' ? 'yes' : 'no'],
            ['last seen', seenAt(device) ?? 'never'],
            ['authentication', device.authentication?.type ?? 'unknown'],
            ['commands queued', String(device.cloudToDeviceMessageCount ?? 0)],
            ...connections.map(connectionFact),
            ...refusals.slice(0, REFUSALS_SHOWN).map(refusalFact),
          ]),
        );
      }),
    );
}

const REFUSALS_SHOWN = 3;
const CONNECTIONS_SHOWN = 10;

function connectionFact(stay: ConnectionStay): [string, string] {
  const { connectedAt, disconnectedAt, transport, remoteAddress, reason } = stay;
  const from = `${transport} from ${remoteAddress}, since ${connectedAt}`;
  if (disconnectedAt === null) return ['connection', `${from}, still there`];
  const why = reason === null ? 'it left in order' : reason.message;
  return ['connection', `${from}, until ${disconnectedAt}: ${why}`];
}

function refusalFact({ at, count, message, advice }: Refusal): [string, string] {
  const often = count === 1 ? '' : `, ${count} times`;
  return ['refused', `${message} (last at ${at}${often}). ${advice}`];
}
