import type { CommandRecord } from '../../../core/ports.ts';
import { Section } from '../codec/amqp-message.ts';
import type { AmqpWriter } from '../codec/amqp-writer.ts';
import type { PayloadWriter } from '../engine/engine.ts';

/**
 * A command as a device reads it. Types matter: the C# client passes over annotations of another type, the Java client
 * wants text in every application property and one data section.
 */
export const COMMAND_PAYLOAD: PayloadWriter<CommandRecord> = {
  write(writer, command) {
    writeHeader(writer, command);
    writeAnnotations(writer, command);
    writeProperties(writer, command);
    writeApplicationProperties(writer, command);
    writer.dataSection(command.body.byteLength);
    writer.raw(command.body);
  },
};

function writeHeader(writer: AmqpWriter, { deliveryCount }: CommandRecord): void {
  writer.descriptor(Section.header);
  const header = writer.openList();
  writer.boolean(true);
  writer.null();
  writer.null();
  writer.boolean(false);
  writer.uint(deliveryCount);
  writer.close(header, 5);
}

function writeAnnotations(writer: AmqpWriter, command: CommandRecord): void {
  const { identity, system } = command;
  writer.descriptor(Section.messageAnnotations);
  const annotations = writer.openMap();
  writer.symbol('iothub-enqueuedtime');
  writer.timestamp(command.enqueuedTime);
  writer.symbol('iothub-deliverycount');
  writer.ubyte(Math.min(command.deliveryCount, 255));
  writer.symbol('x-opt-sequence-number');
  writer.ulong(command.sequenceNumber);
  writer.symbol('x-opt-lock-token');
  writer.string(command.lockToken ?? '');
  if (system.inputName !== undefined) {
    writer.symbol('x-opt-input-name');
    writer.string(system.inputName);
    writer.symbol('iothub-connection-device-id');
    writer.string(identity.deviceId);
    writer.symbol('iothub-connection-module-id');
    writer.string(identity.moduleId ?? '');
  }
  writer.close(annotations, system.inputName === undefined ? 8 : 14);
}

/** Order of the fields: AMQP 1.0 part 3 §3.2.4. */
function writeProperties(writer: AmqpWriter, { identity, system, expiryTime }: CommandRecord): void {
  writer.descriptor(Section.properties);
  const properties = writer.openList();
  writer.stringOrNull(system.messageId);
  if (system.userId === undefined) writer.null();
  else writer.binary(Buffer.from(system.userId));
  writer.string(addressOf(identity, system.inputName));
  writer.null();
  writer.null();
  writer.stringOrNull(system.correlationId);
  symbolOrNull(writer, system.contentType);
  symbolOrNull(writer, system.contentEncoding);
  writer.timestamp(expiryTime);
  writer.close(properties, 9);
}

function addressOf({ deviceId, moduleId }: CommandRecord['identity'], inputName: string | undefined): string {
  const device = `/devices/${encodeURIComponent(deviceId)}`;
  const path = moduleId === undefined ? device : `${device}/modules/${encodeURIComponent(moduleId)}`;
  return inputName === undefined ? `${path}/messages/deviceBound` : `${path}/inputs/${inputName}`;
}

function writeApplicationProperties(writer: AmqpWriter, { application, ack }: CommandRecord): void {
  const entries = Object.entries(application);
  if (ack !== 'none') entries.push(['iothub-ack', ack]);
  if (entries.length === 0) return;
  writer.descriptor(Section.applicationProperties);
  const properties = writer.openMap();
  for (const [name, value] of entries) {
    writer.string(name);
    writer.string(value);
  }
  writer.close(properties, entries.length * 2);
}

function symbolOrNull(writer: AmqpWriter, text: string | undefined): void {
  if (text) writer.symbol(text);
  else writer.null();
}
