import { LIMITS } from '@viaduct/contracts';
import { message } from 'rhea';
import { describe, expect, it } from 'vitest';
import { readTelemetry } from './telemetry-message.ts';

const BATCH_FORMAT = 0x8001_3700;
/** A data section without a byte: a message of nothing, in a batch. */
const NOTHING = Buffer.from([0x00, 0x53, 0x75, 0xa0, 0x00]);

describe('readTelemetry', () => {
  it('keeps application properties that have the names of what every object has', () => {
    const properties = { constructor: 'a', toString: 'b', valueOf: 'c' };
    const encoded = message.encode({ application_properties: properties, body: '' }) as Buffer;
    expect(readTelemetry(0, encoded)[0]?.bag).toBe('constructor=a&toString=b&valueOf=c');
  });

  it('takes a batch of so many messages and no more, for each takes a record however small it is', () => {
    const batch = (count: number) => Buffer.alloc(count * NOTHING.length, NOTHING);
    const max = LIMITS.TELEMETRY_BATCH_MESSAGES_MAX;
    expect(readTelemetry(BATCH_FORMAT, batch(max))).toHaveLength(max);
    expect(() => readTelemetry(BATCH_FORMAT, batch(max + 1))).toThrow(`at most ${max}`);
  });
});
