import { LIMITS } from '@viaduct/contracts';
import type { DeviceMethodRequest, DeviceMethodResponse } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { notSupported } from './sdk/not-supported.ts';
import { CONNECTED, suites } from './sdk/transports.ts';

/** Direct methods with the unmodified clients on both sides. */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

/** The wait until a device listens; `onDeviceMethod` of the client does not tell when it does. */
const CONNECT_SECONDS = 10;

async function invoke(deviceId: string, methodName: string, payload?: unknown, more = {}) {
  const call = { methodName, payload, connectTimeoutInSeconds: CONNECT_SECONDS, responseTimeoutInSeconds: 15, ...more };
  const { result } = await hub.service.invokeDeviceMethod(deviceId, call);
  return result as { status: number; payload: unknown };
}

const echo = (request: DeviceMethodRequest, response: DeviceMethodResponse) => void response.send(200, request.payload);

// Together, for each waits for an answer that does not come.
describe.concurrent.each(suites(CONNECTED))('%s', (_suite, transport) => {
  it('method: called with any JSON, answered with a status and any JSON', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    client.onDeviceMethod('echo', echo);
    client.onDeviceMethod('fail', (_request, response) => void response.send(-7, { why: 'höher' }));
    client.onDeviceMethod('silent', (_request, response) => void response.send(204));
    for (const payload of [{ a: [1, 'zwei'] }, 'text', 3, true, [], null]) {
      expect(await invoke(device.deviceId, 'echo', payload)).toEqual({ status: 200, payload });
    }
    expect(await invoke(device.deviceId, 'fail')).toEqual({ status: -7, payload: { why: 'höher' } });
    expect((await invoke(device.deviceId, 'silent')).status).toBe(204);
  });

  it('method: ten at a time are answered, each with its own', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    client.onDeviceMethod('echo', echo);
    const numbers = Array.from({ length: LIMITS.METHOD_IN_FLIGHT_MAX }, (_, i) => i);
    const answers = await Promise.all(numbers.map((n) => invoke(device.deviceId, 'echo', n)));
    expect(answers.map(({ payload }) => payload)).toEqual(numbers);
  });

  it('method: 128 KB each way; more is refused', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    client.onDeviceMethod('echo', echo);
    client.onDeviceMethod(
      'shout',
      (_request, response) => void response.send(200, 'x'.repeat(LIMITS.METHOD_BYTES_MAX)),
    );
    const largest = 'x'.repeat(LIMITS.METHOD_BYTES_MAX - 2);
    expect((await invoke(device.deviceId, 'echo', largest)).payload === largest).toBe(true);
    await expect(invoke(device.deviceId, 'echo', `${largest}x`)).rejects.toThrow();
    await expect(invoke(device.deviceId, 'shout')).rejects.toThrow();
    expect((await invoke(device.deviceId, 'echo', 'after')).payload).toBe('after');
  });

  it('method: waits for a device to connect', async () => {
    const device = await hub.newDevice();
    const calling = invoke(device.deviceId, 'echo', 'hello');
    const client = await device.device(transport);
    client.onDeviceMethod('echo', echo);
    expect(await calling).toEqual({ status: 200, payload: 'hello' });
  });

  it('method: the caller hears of a device that does not answer, leaves, or is not there', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    let called = () => {};
    const wasCalled = new Promise<void>((resolve) => {
      called = resolve;
    });
    client.onDeviceMethod('echo', echo);
    client.onDeviceMethod('mute', () => called());
    await invoke(device.deviceId, 'echo');
    const unanswered = invoke(device.deviceId, 'mute', null, { responseTimeoutInSeconds: 5 });
    await expect(unanswered).rejects.toMatchObject({ name: 'GatewayTimeoutError' });
    const left = invoke(device.deviceId, 'mute');
    await wasCalled;
    await Promise.all([device.close(), expect(left).rejects.toThrow()]);
    await expect(invoke(device.deviceId, 'echo', 1, { connectTimeoutInSeconds: 0 })).rejects.toMatchObject({
      responseBody: expect.stringContaining('404103'),
    });
  });
});

describe.each(suites(['https']))('%s', (_suite, transport) => {
  it('method', async (context) => {
    notSupported(context, 'the protocol');
    const device = await hub.newDevice();
    const client = await device.device(transport);
    expect(() => client.onDeviceMethod('echo', echo)).toThrow(expect.objectContaining({ name: 'NotImplementedError' }));
  });
});
