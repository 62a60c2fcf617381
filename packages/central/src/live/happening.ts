import type { LiveEvent } from '@viaduct/contracts';
import { decodeRecord, Source } from '@viaduct/hub';
import type { LogRecord } from '@viaduct/log';
import type { PresenceReasons } from './presence-reasons.ts';

/** Something that happened to a device, as far as a live page cares; its twin is read afresh, so that event has no more. */
export type Happening =
  | { readonly kind: 'event'; readonly event: LiveEvent }
  | { readonly kind: 'twinChanged'; readonly deviceId: string };

/** What a record of a happenings partition says; undefined for what a live page does not show (modules, other sources). */
export function readHappening(record: LogRecord, reasons: PresenceReasons): Happening | undefined {
  const { deviceId, moduleId, source, properties } = decodeRecord(record.data);
  if (moduleId !== undefined) return undefined;
  const { opType = '', operationTimestamp = '' } = properties.application;
  switch (source) {
    case Source.twinChange:
      return { kind: 'twinChanged', deviceId };
    case Source.connectionState: {
      const connected = opType === 'deviceConnected';
      const time = Date.parse(operationTimestamp) || record.enqueuedTime;
      const reason = connected ? null : reasons.find(deviceId, time);
      return {
        kind: 'event',
        event: { kind: 'presence', deviceId, connected, at: new Date(time).toISOString(), reason },
      };
    }
    case Source.lifecycle: {
      const change = opType.startsWith('create') ? 'created' : opType.startsWith('delete') ? 'deleted' : 'updated';
      return { kind: 'event', event: { kind: 'registry', deviceId, change } };
    }
    case Source.telemetry:
      return undefined;
    default:
      source satisfies never;
      return undefined;
  }
}
