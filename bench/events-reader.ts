import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { EventHubConsumerClient } from '@azure/event-hubs';
import {
  binary,
  described,
  list,
  NULL,
  symbol,
  text,
  ubyte,
  uint,
  ulong,
  ushort,
} from '../tests/contract/sdk/amqp-bytes.ts';
import { AMQP_HEADER, frame, SASL_HEADER } from '../tests/contract/sdk/raw-amqp.ts';

/**
 * A reader of partition 0 in a process of its own, for `events.ts`: reads so many events from the oldest on, and says how long
 * it took from the first to the last.
 *
 * The light one looks at nothing but the heads of frames, so that the machine's cores are the server's.
 */
export type DrainOrder =
  | { readonly kind: 'sdk'; readonly events: number; readonly connectionString: string }
  | {
      readonly kind: 'light';
      readonly events: number;
      readonly host: string;
      readonly port: number;
      readonly tls: boolean;
      readonly policy: string;
      readonly key: string;
    }
  | { readonly kind: 'count'; readonly events: number; readonly host: string; readonly port: number };

export interface Drained {
  readonly events: number;
  readonly seconds: number;
  readonly bytes: number;
}

const TRANSFER = 0x14;
/** Credit that is given at once, and given again when half of it is used. */
const CREDIT = 50_000;
const WINDOW = 2 ** 31 - 1;

const order = JSON.parse(process.argv[2] ?? '') as DrainOrder;
process.stdout.write(JSON.stringify(order.kind === 'sdk' ? await drainWithSdk(order) : await drainLightly(order)));
process.exit();

async function drainWithSdk({ connectionString, events }: Extract<DrainOrder, { kind: 'sdk' }>): Promise<Drained> {
  const client = new EventHubConsumerClient('$Default', connectionString);
  let seen = 0;
  let startedAt = 0;
  await new Promise<void>((resolve, reject) => {
    client.subscribe(
      '0',
      {
        processEvents: async (some) => {
          startedAt ||= performance.now();
          seen += some.length;
          if (seen >= events) resolve();
        },
        processError: async (error) => reject(error),
      },
      { startPosition: { offset: '-1' }, maxBatchSize: 1_000, prefetchCount: 5_000 } as object,
    );
  });
  return { events: seen, seconds: (performance.now() - startedAt) / 1_000, bytes: 0 };
}

async function drainLightly(wanted: Exclude<DrainOrder, { kind: 'sdk' }>): Promise<Drained> {
  const { host, port } = wanted;
  const isPlain = wanted.kind === 'light' && !wanted.tls;
  const socket: Socket = isPlain ? connectPlain({ host, port }) : connectTls({ host, port, rejectUnauthorized: false });
  await once(socket, isPlain ? 'connect' : 'secureConnect');
  if (wanted.kind === 'light') socket.write(helloOf(wanted));
  let [events, bytes, startedAt, given] = [0, 0, 0, CREDIT];
  let rest: Buffer = Buffer.alloc(0);
  return await new Promise((resolve, reject) => {
    socket.on('close', () => reject(new TypeError(`closed after ${events} events`)));
    socket.on('data', (chunk: Buffer) => {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (let size = sizeAt(all, at); at + size <= all.length; at += size, size = sizeAt(all, at)) {
        if (all[at + 10] !== TRANSFER || size < 12) continue;
        startedAt ||= performance.now();
        events++;
        bytes += size;
      }
      rest = all.subarray(at);
      if (events >= wanted.events) resolve({ events, bytes, seconds: (performance.now() - startedAt) / 1_000 });
      if (wanted.kind === 'light' && given - events < CREDIT / 2) {
        socket.write(creditOf(events));
        given = events + CREDIT;
      }
    });
  });
}

/** Of the frame that begins here; Infinity when its head is not there yet. Protocol headers are 8 bytes long. */
function sizeAt(bytes: Buffer, at: number): number {
  if (at + 8 > bytes.length) return Number.POSITIVE_INFINITY;
  const size = bytes.readUInt32BE(at);
  return size === 0x414d5150 ? 8 : size;
}

/** Everything up to the first credit, without waiting for answers. */
function helloOf({ host, policy, key }: Extract<DrainOrder, { kind: 'light' }>): Buffer {
  const source = described(0x28, list([text('viaduct/ConsumerGroups/$Default/Partitions/0')]));
  const attach = [text('bench'), uint(0), Buffer.from([0x41]), ubyte(1), ubyte(0), source, described(0x29, list([]))];
  return Buffer.concat([
    SASL_HEADER,
    frame('sasl-init', [symbol('PLAIN'), binary(`\0${policy}@root.${host}\0${key}`), text(host)]),
    AMQP_HEADER,
    frame('open', [text('bench'), text(host), uint(65_536), ushort(10)]),
    frame('begin', [NULL, uint(0), uint(WINDOW), uint(WINDOW), uint(10)]),
    frame('attach', [...attach, NULL, NULL, NULL, ulong(1_048_576)]),
    creditOf(0),
  ]);
}

function creditOf(received: number): Buffer {
  return frame('flow', [uint(received), uint(WINDOW), uint(0), uint(WINDOW), uint(0), uint(received), uint(CREDIT)]);
}
