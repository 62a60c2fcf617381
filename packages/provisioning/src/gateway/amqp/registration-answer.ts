import { type PayloadWriter, Section } from '@viaduct/hub';

/** What a device is answered. */
export interface RegistrationAnswer {
  /** Of the request, with its type, byte for byte. One client sends none, and takes answers in their order. */
  readonly correlationId: Buffer | undefined;
  /** When to ask again, seconds; undefined when there is no need to. */
  readonly retryAfterSeconds: number | undefined;
  /** JSON. */
  readonly body: Buffer;
}

/** One client looks for the first spelling, another for the second, both without regard to other cases; ints suit both. */
export const RETRY_AFTER_NAMES = ['retry-after', 'Retry-After'] as const;

/** The JSON is a data section: one client takes nothing else. */
export const REGISTRATION_ANSWER: PayloadWriter<RegistrationAnswer> = {
  write(writer, { correlationId, retryAfterSeconds, body }) {
    if (correlationId !== undefined) {
      writer.descriptor(Section.properties);
      const properties = writer.openList();
      for (let field = 0; field < 5; field++) writer.null();
      writer.raw(correlationId);
      writer.close(properties, 6);
    }
    if (retryAfterSeconds !== undefined) {
      writer.descriptor(Section.applicationProperties);
      const application = writer.openMap();
      for (const name of RETRY_AFTER_NAMES) {
        writer.string(name);
        writer.int(retryAfterSeconds);
      }
      writer.close(application, 2 * RETRY_AFTER_NAMES.length);
    }
    writer.dataSection(body.length);
    writer.raw(body);
  },
};
