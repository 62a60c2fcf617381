import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Client as DeviceClient } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { DigitalTwinClient, IoTHubTokenCredentials } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proves } from './sdk/operations.ts';

/** Digital twins with the unmodified clients of both ends. */
const MODEL = 'dtmi:com:example:TemperatureController;1';
let server: TestServer;
let twins: DigitalTwinClient;
let device: DeviceClient;
const deviceId = 'controller';

beforeAll(async () => {
  server = await startTestServer();
  twins = new DigitalTwinClient(new IoTHubTokenCredentials(server.ready.hubConnectionString));
  const { connectionString } = await server.createDevice(deviceId);
  device = DeviceClient.fromConnectionString(connectionString, Mqtt);
  await device.setOptions({ modelId: MODEL });
  await device.open();
});
afterAll(async () => {
  await device.close();
  await server.stop();
});

describe('azure-iothub · HTTPS · shared access policy', () => {
  it('digital twin: sets properties of a device and of its component, and reads what the device makes of them', async ({
    task,
  }) => {
    proves(task, 'digital_twin.get_digital_twin', 'digital_twin.update_digital_twin');
    const twin = await device.getTwin();
    // The device SDK asks for changes only once somebody listens.
    twin.on('properties.desired', () => {});
    const { eTag } = (await twins.getDigitalTwin(deviceId)) as { eTag?: string };
    await twins.updateDigitalTwin(
      deviceId,
      [
        { op: 'add', path: '/interval', value: 5 },
        { op: 'add', path: '/thermostat1', value: { targetTemperature: 21, $metadata: {} } },
      ] as never,
      eTag ?? '*',
    );
    await until(() => (twin.properties.desired.thermostat1?.targetTemperature === 21 ? true : undefined), {
      what: 'the desired property',
    });
    expect(twin.properties.desired.thermostat1).toEqual({ __t: 'c', targetTemperature: 21 });
    const acknowledged = { value: 21, ac: 200, av: twin.properties.desired.$version, ad: 'heating' };
    await new Promise<void>((resolve, reject) =>
      twin.properties.reported.update(
        { thermostat1: { __t: 'c', targetTemperature: acknowledged } },
        (error: Error | null) => (error ? reject(error) : resolve()),
      ),
    );
    const read = (await twins.getDigitalTwin(deviceId)) as unknown as Record<string, unknown>;
    expect(read).toMatchObject({
      $dtId: deviceId,
      thermostat1: {
        targetTemperature: 21,
        $metadata: { targetTemperature: { desiredValue: 21, ackCode: 200, ackDescription: 'heating' } },
      },
      $metadata: { $model: MODEL, interval: { desiredValue: 5 } },
    });
  });

  it('digital twin: a stale etag and a patch that does not fit are refused', async () => {
    const patch = [{ op: 'replace', path: '/interval', value: 6 }];
    await expect(twins.updateDigitalTwin(deviceId, patch as never, '"stale"')).rejects.toMatchObject({
      statusCode: 412,
    });
    await expect(
      twins.updateDigitalTwin(deviceId, [{ op: 'remove', path: '/nothing' }] as never),
    ).rejects.toMatchObject({ statusCode: 400 });
    await expect(twins.getDigitalTwin('nobody')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('digital twin: calls commands of a device and of its component', async ({ task }) => {
    proves(task, 'digital_twin.invoke_root_level_command', 'digital_twin.invoke_component_command');
    const answer = (name: string, status: number) =>
      device.onDeviceMethod(name, (request, response) => {
        response.send(status, { name: request.methodName, got: request.payload as unknown }, () => {});
      });
    answer('reboot', 200);
    answer('thermostat1*report', 201);
    const root = await twins.invokeCommand(deviceId, 'reboot', { delay: 3 });
    expect(root).toMatchObject({ xMsCommandStatuscode: 200, body: { name: 'reboot', got: { delay: 3 } } });
    const component = await twins.invokeComponentCommand(deviceId, 'thermostat1', 'report', 'since noon', {
      connectTimeoutInSeconds: 5,
      responseTimeoutInSeconds: 10,
    });
    expect(component).toMatchObject({
      xMsCommandStatuscode: 201,
      body: { name: 'thermostat1*report', got: 'since noon' },
    });
    expect(component?.xMsRequestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});
