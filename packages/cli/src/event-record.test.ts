import type { ReceivedEventData } from '@azure/event-hubs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPosition } from './commands/monitor.ts';
import { eventBody, eventLine, eventRecord } from './event-record.ts';

const event = {
  body: Buffer.from('{"temperature":21.5}'),
  offset: '42',
  sequenceNumber: 7,
  enqueuedTimeUtc: new Date('2026-11-23T12:00:00.123Z'),
  properties: { alert: 'yes' },
  systemProperties: { 'iothub-connection-device-id': 'pump-1', 'iothub-message-source': 'Telemetry' },
} as unknown as ReceivedEventData;

describe('eventRecord', () => {
  it('says who, when, where and what', () => {
    expect(eventRecord(event, '3')).toMatchObject({
      deviceId: 'pump-1',
      moduleId: null,
      partition: '3',
      offset: '42',
      sequenceNumber: 7,
      enqueuedTime: '2026-11-23T12:00:00.123Z',
      source: 'Telemetry',
      body: { kind: 'json', value: { temperature: 21.5 } },
    });
  });

  it('is one line for people', () => {
    expect(eventLine(eventRecord(event, '3'))).toBe(
      '2026-11-23T12:00:00.123Z  pump-1  {"temperature":21.5}  {alert=yes}',
    );
  });
});

describe('eventBody', () => {
  it('shows text as text and other bytes as base64', () => {
    expect(eventBody(Buffer.from('hello'))).toEqual({ kind: 'text', value: 'hello' });
    expect(eventBody(Buffer.from([0xff, 0x00]))).toEqual({ kind: 'base64', value: '/wA=' });
  });

  it('has a form for any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(['json', 'text', 'base64']).toContain(eventBody(bytes).kind);
      }),
    );
  });
});

describe('readPosition', () => {
  it('knows earliest, latest and times, and refuses the rest', () => {
    expect(readPosition('earliest')).toEqual({ offset: '-1' });
    expect(readPosition('latest')).toEqual({ offset: '@latest' });
    expect(readPosition('2026-11-23T12:00Z')).toEqual({ enqueuedOn: Date.UTC(2026, 10, 23, 12) });
    for (const text of ['yesterday', '5', '']) expect(() => readPosition(text)).toThrow(/not a position/);
  });
});
