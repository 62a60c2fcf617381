import { sendCommand } from '@viaduct/hub';
import { until } from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import type { DeviceMethodRequest, DeviceMethodResponse, ModuleClient, Twin } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { asReaderSees } from './sdk/event-tap.ts';
import { notSupported } from './sdk/not-supported.ts';
import type { SdkIdentity } from './sdk/sdk-identity.ts';
import { CONNECTED, suites } from './sdk/transports.ts';

/** Modules with the unmodified module client. */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

const MODULES = { client: 'azure-iot-device modules' };

/** What both kinds of telemetry look like to a reader. */
const AS_SEEN = {
  body: { temperature: 21.5 },
  properties: { level: 'high' },
  messageId: 'm-1',
  correlationId: undefined,
  contentType: 'application/json',
  system: {
    'iothub-connection-auth-method': '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
    'iothub-message-source': 'Telemetry',
    messageId: 'm-1',
    contentType: 'application/json',
    contentEncoding: 'utf-8',
  },
};

function fullMessage(): Message {
  const message = new Message(JSON.stringify({ temperature: 21.5 }));
  message.messageId = 'm-1';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('level', 'high');
  return message;
}

/** The type of the client's callback has the arguments of another one. */
const echo = (request: DeviceMethodRequest, response: DeviceMethodResponse) => void response.send(200, request.payload);

const toInput = (module: SdkIdentity, inputName: string, text: string) =>
  sendCommand(hub.server.hub, module.identity, {
    body: Buffer.from(text),
    system: { messageId: text, inputName },
    application: { who: 'me' },
    ack: 'full',
  });

describe.each(suites(CONNECTED, MODULES))('%s', (_suite, transport) => {
  it('telemetry: of a module', async () => {
    const module = await hub.newModule();
    const client = await module.module(transport);
    await client.sendEvent(fullMessage());
    expect(asReaderSees(await hub.tap.firstOf(module.identity))).toEqual(AS_SEEN);
  });

  it('telemetry: to an output', async () => {
    const module = await hub.newModule();
    const client = await module.module(transport);
    await client.sendOutputEvent('out1', fullMessage());
    const properties = { level: 'high', 'iothub-outputname': 'out1' };
    expect(asReaderSees(await hub.tap.firstOf(module.identity))).toEqual({ ...AS_SEEN, properties });
  });

  it('command: to an input', async () => {
    const module = await hub.newModule();
    const client = await module.module(transport);
    const received: [string, Message][] = [];
    client.on('inputMessage', (inputName: string, message: Message) => {
      received.push([inputName, message]);
      void client.complete(message);
    });
    await toInput(module, 'in1', 'one');
    await toInput(module, 'in2', 'two');
    await until(() => received.length === 2, { what: 'two inputs' });
    expect(received.map(([name, message]) => [name, String(message.getData())])).toEqual([
      ['in1', 'one'],
      ['in2', 'two'],
    ]);
    expect(received[0]?.[1].properties.propertyList).toContainEqual({ key: 'who', value: 'me' });
    expect(await hub.outcomeOf(module.deviceId, 'two')).toBe('Success');
  });

  it('method: of a module', async () => {
    const module = await hub.newModule();
    const client = await module.module(transport);
    client.onMethod('echo', echo as never);
    const call = { methodName: 'echo', payload: { a: 1 }, connectTimeoutInSeconds: 10, responseTimeoutInSeconds: 15 };
    const { result } = await hub.service.invokeDeviceMethod(module.deviceId, 'm1', call);
    expect(result).toEqual({ status: 200, payload: { a: 1 } });
  });

  it('twin: of a module', async () => {
    const module = await hub.newModule();
    await hub.registry.updateModuleTwin(module.deviceId, 'm1', { properties: { desired: { rate: 5 } } }, '*');
    const client = await module.module(transport);
    const twin = (await client.getTwin()) as Twin;
    expect(twin.properties.desired).toMatchObject({ rate: 5, $version: 2 });
    await new Promise<void>((resolve, reject) => {
      twin.properties.reported.update({ rate: 5 }, (error: Error | undefined) => (error ? reject(error) : resolve()));
    });
    const { properties } = (await hub.registry.getModuleTwin(module.deviceId, 'm1')).responseBody as unknown as Twin;
    expect(properties.reported).toMatchObject({ rate: 5, $version: 2 });
    const patches: unknown[] = [];
    twin.on('properties.desired.rate', (rate: unknown) => patches.push(rate));
    await until(
      async () => {
        await hub.registry.updateModuleTwin(module.deviceId, 'm1', { properties: { desired: { rate: 6 } } }, '*');
        return patches.includes(6);
      },
      { what: 'the change', everyMs: 50 },
    );
  });

  it('connection: beside its device and another module, each with its own', async () => {
    const { device, module } = await hub.newDeviceWithModule();
    const ofDevice = await device.device(transport);
    const ofModule = await module.module(transport);
    await ofDevice.sendEvent(new Message('device'));
    await ofModule.sendEvent(new Message('module'));
    expect(String((await hub.tap.firstOf(device.identity)).body)).toBe('device');
    expect(String((await hub.tap.firstOf(module.identity)).body)).toBe('module');
  });
});

// The HTTPS transport of the client knows devices only: it posts a module's messages to the address of the device.
describe.each(suites(['https'], MODULES))('%s', (_suite, transport) => {
  const attempts: Readonly<Record<string, (client: ModuleClient) => unknown>> = {
    telemetry: (client) => client.sendEvent(new Message('x')),
    command: (client) => client.on('inputMessage', () => {}),
    method: (client) => client.onMethod('echo', () => {}),
    twin: (client) => client.getTwin(),
    connection: (client) => client.sendEvent(new Message('x')),
  };
  for (const [capability, attempt] of Object.entries(attempts)) {
    it(capability, async (context) => {
      notSupported(context, 'the client');
      const client = await (await hub.newModule()).module(transport);
      await expect((async () => attempt(client))()).rejects.toThrow();
    });
  }
});
