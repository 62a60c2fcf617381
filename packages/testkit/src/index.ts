export { deviceClient } from './device-client.ts';
export { nextLoopbackAddress } from './loopback-address.ts';
export { lowPorts } from './low-ports.ts';
export { deviceToken, type RawConnect, RawMqtt } from './raw-mqtt.ts';
export { type SpawnedServer, type SpawnOptions, spawnTestServer } from './spawn-test-server.ts';
export { startTestServer, type TestServer, type TestServerOptions } from './start-test-server.ts';
export { StillClock } from './still-clock.ts';
export type { TestDevice } from './test-devices.ts';
export { type UntilOptions, until } from './until.ts';
