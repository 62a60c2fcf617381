import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { RoutedMessage } from '../../core/routing/endpoint.ts';
import { percentEscape } from '../address-template.ts';
import { messageHeaders } from '../message-headers.ts';

/**
 * Headers of a message. Names may hold what NATS allows, the rest as %XX; values lose their line breaks to %0D and %0A.
 *
 * `Nats-` is what the server itself listens to (`Nats-Rollup` would empty a stream): such a name from a device is escaped as well.
 */
export function natsHeaders(message: RoutedMessage): MsgHdrs {
  const made = headers();
  for (const [name, value] of messageHeaders(message)) {
    made.append(
      name.replace(NAME_SPECIAL, percentEscape).replace(RESERVED, percentEscape),
      value.replace(LINE_BREAK, percentEscape),
    );
  }
  return made;
}

const NAME_SPECIAL = /[^!-9;-~]|%/gu;
const RESERVED = /^n(?=ats-)/i;
const LINE_BREAK = /[\r\n]/g;

/** What a stream drops second copies by. */
export function natsMessageId({ partition, offset }: RoutedMessage): string {
  return `${partition}:${offset}`;
}
