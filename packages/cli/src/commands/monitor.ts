import type { EventHubConsumerClient, EventPosition } from '@azure/event-hubs';
import { Command } from 'commander';
import { CliFailure } from '../cli-failure.ts';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { Deferred } from '../deferred.ts';
import { eventLine, eventRecord } from '../event-record.ts';
import { ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { readNumber } from '../read-json.ts';
import { eventHubsOf } from '../server-address.ts';
import { trustCa } from '../trust-ca.ts';

interface Options extends CommonOptions {
  readonly device?: string;
  readonly from: string;
  readonly consumerGroup: string;
  readonly count?: string;
}

/** The SDK's own default of three tries with a minute each would keep a person waiting for an address that is wrong. */
const RETRY = { maxRetries: 1, retryDelayInMs: 500, timeoutInMs: 15_000 } as const;

export function monitor(context: CliContext): Command {
  return withServer(new Command('monitor'))
    .description('print what devices say, as it comes, until Ctrl-C')
    .option('--device <id>', 'only of this device')
    .option('--from <position>', 'earliest, latest, or an ISO time such as 2026-11-23T12:00Z', 'latest')
    .option('--consumer-group <name>', 'read as this consumer group', '$Default')
    .option('--count <n>', 'end after this many events')
    .option('--event-hubs-connection-string <text>', 'for a server elsewhere (VIADUCT_EVENT_HUBS_CONNECTION_STRING)')
    .action((options: Options) => {
      const start = readPosition(options.from);
      const limit = options.count === undefined ? Number.POSITIVE_INFINITY : readCount(options.count);
      return onServer(context, options, async ({ address, output }) => {
        const connectionString = eventHubsOf(address);
        if (!(await trustCa(context, address))) return;
        const { EventHubConsumerClient: Client } = await import('@azure/event-hubs');
        const client = new Client(options.consumerGroup, connectionString, { retryOptions: RETRY });
        try {
          const partitions = await output.waiting('connecting', client.getPartitionIds());
          await tail(client, { ...options, start, limit, stop: context.stop, output, partitions: partitions.length });
        } finally {
          await client.close();
        }
      });
    });
}

interface Tail {
  readonly device?: string;
  readonly from: string;
  readonly start: EventPosition;
  readonly limit: number;
  readonly stop: AbortSignal;
  readonly output: Output;
  readonly partitions: number;
}

/** Resolves on Ctrl-C or after enough events; rejects when the endpoint refuses. What heals by itself is only noted. */
async function tail(client: EventHubConsumerClient, { device, from, start, limit, stop, output, partitions }: Tail) {
  let seen = 0;
  let started = 0;
  const ended = new Deferred<void>();
  const onStop = () => ended.resolve();
  stop.addEventListener('abort', onStop);
  if (stop.aborted) onStop();
  const subscription = client.subscribe(
    {
      processInitialize: async () => {
        started += 1;
        if (started === partitions) output.note(`listening on ${partitions} partitions from ${from}; Ctrl-C ends`);
      },
      processEvents: async (events, { partitionId }) => {
        for (const event of events) {
          const record = eventRecord(event, partitionId);
          if ((device !== undefined && record.deviceId !== device) || seen >= limit) continue;
          seen += 1;
          output.item(record, () => eventLine(record));
        }
        if (seen >= limit) ended.resolve();
      },
      processError: async (error) => {
        if ('retryable' in error && error.retryable) output.note(`connection lost, trying again: ${error.message}`);
        else ended.reject(error);
      },
    },
    { startPosition: start, skipParsingBodyAsJson: true },
  );
  try {
    await ended.promise;
  } finally {
    stop.removeEventListener('abort', onStop);
    await subscription.close();
  }
}

const EARLIEST: EventPosition = { offset: '-1' };
const LATEST: EventPosition = { offset: '@latest' };

/** Pure. @throws CliFailure usage */
export function readPosition(text: string): EventPosition {
  if (text === 'earliest') return EARLIEST;
  if (text === 'latest') return LATEST;
  const time = Date.parse(text);
  if (/^\d{4}-\d\d/.test(text) && !Number.isNaN(time)) return { enqueuedOn: time };
  throw new CliFailure(
    ExitCode.usage,
    `--from ${text}: not a position`,
    'Give earliest, latest, or a time such as 2026-11-23T12:00Z.',
  );
}

function readCount(text: string): number {
  return readNumber('--count', text, { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true });
}
