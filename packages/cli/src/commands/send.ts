import { randomUUID } from 'node:crypto';
import { hubConnectionString, LIMITS } from '@viaduct/contracts';
import type { Message } from 'azure-iot-common';
import { Command, Option } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { readNumber, readPairs } from '../read-json.ts';
import type { ServerAddress } from '../server-address.ts';
import { trustCa } from '../trust-ca.ts';

interface Options extends CommonOptions {
  readonly property: readonly string[];
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly contentType?: string;
  readonly ttl?: string;
  readonly ack: string;
}

export function send(context: CliContext): Command {
  return withServer(new Command('send'))
    .argument('<deviceId>', 'id of the device')
    .argument('<body>', 'text of the command')
    .description('queue a command (cloud-to-device message); it waits until the device fetches it')
    .option(
      '--property <name=value>',
      'application property, once for each',
      (pair, all: string[]) => [...all, pair],
      [],
    )
    .option('--message-id <id>', 'a random one otherwise')
    .option('--correlation-id <id>', 'id of what this answers')
    .option('--content-type <type>', 'for example application/json')
    .option('--ttl <seconds>', `life in the queue, up to ${LIMITS.COMMAND_TTL_SECONDS_MAX}`)
    .addOption(
      new Option('--ack <outcomes>', 'which outcomes are to be put into the feedback queue')
        .choices(['none', 'positive', 'negative', 'full'])
        .default('none'),
    )
    .action((deviceId: string, body: string, options: Options) => {
      const properties = readPairs('--property', options.property);
      const expiresAt = expiry(options.ttl);
      return onServer(context, options, async ({ address, output }) => {
        if (!(await trustCa(context, address))) return;
        const messageId = options.messageId ?? randomUUID();
        const work = deliver(address, deviceId, body, (message) => {
          message.messageId = messageId;
          message.ack = options.ack;
          if (options.correlationId !== undefined) message.correlationId = options.correlationId;
          if (options.contentType !== undefined)
            message.contentType = options.contentType as typeof message.contentType;
          if (expiresAt !== undefined) message.expiryTimeUtc = expiresAt;
          for (const [name, value] of Object.entries(properties)) message.properties.add(name, value);
        });
        await output.waiting('sending', work);
        output.answer({ deviceId, messageId }, () => `queued for ${deviceId} as ${messageId}`);
      });
    });
}

function expiry(ttl: string | undefined): Date | undefined {
  if (ttl === undefined) return undefined;
  const seconds = readNumber('--ttl', ttl, { min: 1, max: LIMITS.COMMAND_TTL_SECONDS_MAX, whole: true });
  return new Date(Date.now() + seconds * 1000);
}

/** The SDK takes another port than 5671 from HostName. */
function amqpConnectionString({ hostName, amqpPort, policy, key, hubConnectionString: usual }: ServerAddress): string {
  return amqpPort === 5671 ? usual : hubConnectionString(`${hostName}:${amqpPort}`, policy, key);
}

async function deliver(
  address: ServerAddress,
  deviceId: string,
  body: string,
  dress: (message: Message) => void,
): Promise<void> {
  const [{ default: iotHub }, { default: iotCommon }] = await Promise.all([
    import('azure-iothub'),
    import('azure-iot-common'),
  ]);
  const client = iotHub.Client.fromConnectionString(amqpConnectionString(address));
  // The SDK would try for four minutes; whoever typed the command decides whether to try again.
  client.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => -1 });
  const message = new iotCommon.Message(body);
  dress(message);
  try {
    await client.open();
    await client.send(deviceId, message);
  } finally {
    await client.close();
  }
}
