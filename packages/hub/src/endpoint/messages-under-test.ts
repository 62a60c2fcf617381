import type { RoutedMessage } from '../core/routing/endpoint.ts';

let offset = 0;

/** A message as the routing of a hub makes them. */
export function routedMessage(change: Partial<RoutedMessage> = {}): RoutedMessage {
  offset += 1;
  const deviceId = change.deviceId ?? 'pump-7';
  const enqueuedTime = change.enqueuedTime ?? 1_700_000_000_123;
  return {
    partition: 3,
    offset,
    enqueuedTime,
    source: 'DeviceMessages',
    deviceId,
    system: {
      messageId: `m-${offset}`,
      correlationId: 'c-1',
      userId: 'somebody',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      connectionDeviceId: deviceId,
      connectionAuthMethod: '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
      connectionDeviceGenerationId: 'g-1',
      enqueuedTime: new Date(enqueuedTime).toISOString(),
      'iothub-message-source': 'Telemetry',
      'dt-dataschema': 'dtmi:viaduct:Pump;1',
    },
    application: { level: 'höch', plant: 'north' },
    body: Buffer.from(`{"n":${offset}}`),
    ...change,
  };
}

/** Some of several devices, in turn. */
export function routedMessages(count: number, devices = 3): RoutedMessage[] {
  return Array.from({ length: count }, (_, n) => routedMessage({ deviceId: `device-${n % devices}` }));
}

/** A signal that nobody gives. */
export const unhurried = new AbortController().signal;
