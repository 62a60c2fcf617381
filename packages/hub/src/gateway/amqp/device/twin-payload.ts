import type { JsonObject } from '../../../core/ports.ts';
import { Section } from '../codec/amqp-message.ts';
import type { PayloadWriter } from '../engine/engine.ts';

/** What a device reads on its twin link: an answer, or the notice that desired changed. */
export type TwinMessage =
  | {
      readonly kind: 'answer';
      /** The request's, with its type, byte for byte. */
      readonly correlationId: Buffer;
      readonly status: number;
      readonly version?: number;
      readonly body: Buffer;
    }
  | { readonly kind: 'notice'; readonly version: number; readonly body: Buffer };

/** Types matter: symbols as keys, an int as status, a long as version, or the C client drops the message. */
export const TWIN_PAYLOAD: PayloadWriter<TwinMessage> = {
  write(writer, message) {
    writer.descriptor(Section.messageAnnotations);
    const annotations = writer.openMap();
    let items = 2;
    if (message.kind === 'answer') {
      writer.symbol('status');
      writer.int(message.status);
    } else {
      writer.symbol('resource');
      writer.string('/properties/desired');
    }
    if (message.version !== undefined) {
      writer.symbol('version');
      writer.long(message.version);
      items += 2;
    }
    writer.close(annotations, items);

    if (message.kind === 'answer') {
      writer.descriptor(Section.properties);
      const properties = writer.openList();
      for (let i = 0; i < 5; i++) writer.null();
      writer.raw(message.correlationId);
      writer.close(properties, 6);
    }

    writer.dataSection(message.body.length);
    writer.raw(message.body);
  },
};

/** The notice of a desired patch, which carries `$version`. */
export function noticeOf(patch: JsonObject): TwinMessage {
  const version = typeof patch.$version === 'number' ? patch.$version : 0;
  return { kind: 'notice', version, body: Buffer.from(JSON.stringify(patch)) };
}
