import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEventSelector } from './event-position.ts';

describe('parseEventSelector', () => {
  it.each([
    ["amqp.annotation.x-opt-offset > '-1'", { kind: 'offset', from: 0 }],
    ['amqp.annotation.x-opt-offset > -1', { kind: 'offset', from: 0 }],
    ["amqp.annotation.x-opt-offset > '@latest'", { kind: 'latest' }],
    ['amqp.annotation.x-opt-offset > @latest', { kind: 'latest' }],
    ["amqp.annotation.x-opt-offset > '123'", { kind: 'offset', from: 124 }],
    ["amqp.annotation.x-opt-offset >= '123'", { kind: 'offset', from: 123 }],
    ['amqp.annotation.x-opt-offset>123', { kind: 'offset', from: 124 }],
    ["amqp.annotation.x-opt-sequence-number > '5'", { kind: 'offset', from: 6 }],
    ['amqp.annotation.x-opt-sequence-number >= 5', { kind: 'offset', from: 5 }],
    ["amqp.annotation.x-opt-enqueued-time > '1700000000000'", { kind: 'time', from: 1_700_000_000_001 }],
    ['amqp.annotation.x-opt-enqueuedtimeutc > 1700000000000', { kind: 'time', from: 1_700_000_000_001 }],
    ["amqp.annotation.x-opt-enqueued-time >= '1700000000000'", { kind: 'time', from: 1_700_000_000_000 }],
  ])('understands %s', (selector, position) => {
    expect(parseEventSelector(selector)).toEqual(position);
  });

  it.each([
    '',
    "amqp.annotation.x-opt-offset < '1'",
    "amqp.annotation.x-opt-offset > 'one'",
    "amqp.annotation.x-opt-enqueued-time > '@latest'",
    "amqp.annotation.x-opt-partition-key > '1'",
    "amqp.annotation.x-opt-offset > '1' OR true",
  ])('refuses %s', (selector) => {
    expect(() => parseEventSelector(selector)).toThrow(/not understood/);
  });

  it('makes a position or a refusal of any text', async () => {
    await fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseEventSelector(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'argument.invalid' });
        }
      }),
    );
  });
});
