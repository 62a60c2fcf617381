import type { LiveEvent } from '@viaduct/contracts';
import { decodeRecord, type Hub, Source } from '@viaduct/hub';
import type { LogRecord } from '@viaduct/log';

/** Something that happened to a device, as far as a live page cares; its twin is read afresh, so that event has no more. */
export type Happening =
  | { readonly kind: 'event'; readonly event: LiveEvent }
  | { readonly kind: 'twinChanged'; readonly deviceId: string };

/** Why devices left: their stays, by device; asked for once in a batch of records. */
export type DepartureReasons = (deviceId: string, time: number) => Promise<string | null>;

/**
 * The log says that a device left and when, in Azure's words, which have no place for a reason; the connection history has it.
 * Times are ms since 1970.
 */
export function departureReasons({ connections }: Pick<Hub, 'connections'>): DepartureReasons {
  const asked = new Map<string, ReturnType<typeof connections.list>>();
  return async (deviceId, time) => {
    const stays = asked.get(deviceId) ?? connections.list({ deviceId });
    asked.set(deviceId, stays);
    return (await stays).find(({ disconnectedTime }) => disconnectedTime === time)?.reason?.message ?? null;
  };
}

/** What a record of a happenings partition says; undefined for what a live page does not show (modules, other sources). */
export async function readHappening(record: LogRecord, reasonFor: DepartureReasons): Promise<Happening | undefined> {
  const { deviceId, moduleId, source, properties } = decodeRecord(record.data);
  if (moduleId !== undefined) return undefined;
  const { opType = '', operationTimestamp = '' } = properties.application;
  switch (source) {
    case Source.twinChange:
      return { kind: 'twinChanged', deviceId };
    case Source.connectionState: {
      const connected = opType === 'deviceConnected';
      const time = Date.parse(operationTimestamp) || record.enqueuedTime;
      const reason = connected ? null : await reasonFor(deviceId, time);
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
    // The same change as the twin's, in other words.
    case Source.digitalTwinChange:
      return undefined;
    default:
      source satisfies never;
      return undefined;
  }
}
