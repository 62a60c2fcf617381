import { LIMITS } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { readTelemetryBatch } from './telemetry-batch.ts';

describe('readTelemetryBatch', () => {
  it('takes so many messages and no more, for each takes a record however small it is', () => {
    const max = LIMITS.TELEMETRY_BATCH_MESSAGES_MAX;
    expect(readTelemetryBatch(Array.from({ length: max }, () => ({})))).toHaveLength(max);
    expect(() => readTelemetryBatch(Array.from({ length: max + 1 }, () => ({})))).toThrow(`at most ${max}`);
  });
});
