/**
 * What a route may take its records from, in the names of Azure's management API.
 * Source: Azure IoT Hub message routing, "non-telemetry events".
 */
export const ROUTE_SOURCES = [
  'DeviceMessages',
  'TwinChangeEvents',
  'DeviceLifecycleEvents',
  'DeviceConnectionStateEvents',
  'DigitalTwinChangeEvents',
  'DeviceJobLifecycleEvents',
] as const;
export type RouteSource = (typeof ROUTE_SOURCES)[number];
