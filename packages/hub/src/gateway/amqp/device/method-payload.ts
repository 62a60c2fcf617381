import { HubError } from '@viaduct/contracts';
import type { MethodAnswer, MethodCall } from '../../../core/session/device-session.ts';
import { type AmqpMessage, parseAmqpMessage, Section } from '../codec/amqp-message.ts';
import { AmqpReader, type AmqpValue } from '../codec/amqp-reader.ts';
import { uuidBytes, uuidText } from '../codec/guid-bytes.ts';
import type { PayloadWriter } from '../engine/engine.ts';

/** A call on its way; `id` is the text of a uuid. */
interface OutgoingCall {
  readonly id: string;
  readonly call: MethodCall;
}

/** The id is an AMQP uuid: the C client refuses the transfer with anything else there. */
export const METHOD_CALL_PAYLOAD: PayloadWriter<OutgoingCall> = {
  write(writer, { id, call }) {
    writer.descriptor(Section.properties);
    const properties = writer.openList();
    for (let i = 0; i < 5; i++) writer.null();
    writer.uuid(uuidBytes(id));
    writer.close(properties, 6);

    writer.descriptor(Section.applicationProperties);
    const application = writer.openMap();
    writer.string('IoThub-methodname');
    writer.string(call.methodName);
    writer.close(application, 2);

    writer.dataSection(call.payload.length);
    writer.raw(call.payload);
  },
};

export interface IdentifiedAnswer {
  /** Lower case; empty when there is none, which no call has. */
  readonly id: string;
  /** What the caller hears. */
  readonly result: MethodAnswer | HubError;
}

/** @throws HubError packet.malformed */
export function parseMethodAnswer(payload: Buffer): IdentifiedAnswer {
  const message = parseAmqpMessage(payload);
  return { id: correlationText(message.correlationIdEncoded), result: resultOf(message) };
}

/** Clients send the id as uuid, as its 16 bytes or as its text. */
function correlationText(encoded: Buffer | undefined): string {
  if (encoded === undefined) return '';
  const value = new AmqpReader(encoded).value();
  if (Buffer.isBuffer(value)) return value.length === 16 ? uuidText(value) : value.toString('utf8').toLowerCase();
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function resultOf({ applicationProperties, body }: AmqpMessage): MethodAnswer | HubError {
  const status = statusOf(applicationProperties.get('IoThub-status'));
  if (status === undefined) return new HubError('method.badResponse', 'the answer has no IoThub-status that is an int');
  if (body.kind === 'none') return { status, payload: Buffer.alloc(0) };
  // A copy: the bytes are a view of the receive buffer, and the caller keeps them.
  if (body.kind === 'data') return { status, payload: Buffer.from(body.bytes) };
  if (typeof body.value === 'string' || Buffer.isBuffer(body.value))
    return { status, payload: Buffer.from(body.value as string) };
  if (body.value === null) return { status, payload: Buffer.alloc(0) };
  return new HubError('method.badResponse', 'the body of the answer is neither bytes nor text');
}

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
const DIGITS = /^-?\d{1,10}$/;

/** An integer of any width, or its digits: what counts is that there is no doubt. */
function statusOf(value: AmqpValue | undefined): number | undefined {
  const status = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  if (typeof status !== 'number' || !Number.isInteger(status)) return undefined;
  return status >= INT_MIN && status <= INT_MAX ? status : undefined;
}
