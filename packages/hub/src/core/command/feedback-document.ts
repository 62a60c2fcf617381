import type { FeedbackBatch, FeedbackRecord } from '../ports.ts';

/** What back ends read of a batch; times with seven digits of fraction, as IoT Hub writes them. Pure. */
export function feedbackDocument({ records }: FeedbackBatch): readonly FeedbackRecord[] {
  return records.map((record) => ({ ...record, enqueuedTimeUtc: record.enqueuedTimeUtc.replace(/Z$/, '0000Z') }));
}
