import { LIMITS } from '@viaduct/contracts';
import { until } from '@viaduct/testkit';
import type { Client, Twin } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { notSupported } from './sdk/not-supported.ts';
import { CONNECTED, suites } from './sdk/transports.ts';

/** Twins with the unmodified clients on both sides. */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

type Json = Record<string, unknown>;

/** The device's side of its twin. */
async function twinOf(client: Client): Promise<Twin> {
  return (await client.getTwin()) as Twin;
}

function report(twin: Twin, patch: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    twin.properties.reported.update(patch, (error: Error | undefined) => (error ? reject(error) : resolve()));
  });
}

/** The back end's side. */
async function documentOf(deviceId: string) {
  const { properties } = (await hub.registry.getTwin(deviceId)).responseBody as unknown as {
    properties: { desired: Json & { $version: number }; reported: Json & { $version: number } };
  };
  return properties;
}

const desire = (deviceId: string, desired: Json) => hub.registry.updateTwin(deviceId, { properties: { desired } }, '*');

/** `{a:{a:{…}}}`, `depth` objects below the section itself. */
const nested = (depth: number): Json => (depth === 0 ? { leaf: 1 } : { a: nested(depth - 1) });

describe.each(suites(CONNECTED))('%s', (_suite, transport) => {
  it('twin: the device gets what the back end wrote, and reports; null removes', async () => {
    const device = await hub.newDevice();
    await desire(device.deviceId, { rate: 5, nested: { on: true }, list: [1, 'two'] });
    const twin = await twinOf(await device.device(transport));
    expect(twin.properties.desired).toMatchObject({ rate: 5, nested: { on: true }, list: [1, 'two'], $version: 2 });
    await report(twin, { rate: 5, gone: { soon: true } });
    await report(twin, { gone: null, größe: '大' });
    const { reported } = await documentOf(device.deviceId);
    expect(reported).toMatchObject({ rate: 5, größe: '大', $version: 3 });
    expect(reported).not.toHaveProperty('gone');
  });

  it('twin: the device is told of changes, with their version; null tells a removal', async () => {
    const device = await hub.newDevice();
    const twin = await twinOf(await device.device(transport));
    const patches: Json[] = [];
    twin.on('properties.desired', (patch: Json) => patches.push(patch));
    // The client tells first what it has, and asks for changes then; it does not say when that is done.
    await until(() => patches.length > 0, { what: 'the first delta' });
    await until(
      async () => {
        await desire(device.deviceId, { ready: patches.length });
        return patches.length > 1;
      },
      { what: 'a change', everyMs: 50 },
    );
    patches.length = 0;
    await desire(device.deviceId, { rate: 5, nested: { on: true } });
    await desire(device.deviceId, { nested: null });
    const { $version } = (await documentOf(device.deviceId)).desired;
    await until(() => patches.some((patch) => patch.$version === $version), { what: 'the last patch' });
    expect(patches.slice(-2)).toEqual([
      { rate: 5, nested: { on: true }, $version: $version - 1 },
      { nested: null, $version },
    ]);
    expect(twin.properties.desired).toMatchObject({ rate: 5, $version });
  });

  it('twin: reported properties are limited in size and depth; a refusal harms nothing', async () => {
    const device = await hub.newDevice();
    const twin = await twinOf(await device.device(transport));
    await report(twin, nested(LIMITS.TWIN_DEPTH_MAX));
    await expect(report(twin, nested(LIMITS.TWIN_DEPTH_MAX + 1))).rejects.toThrow();
    const chunk = 'x'.repeat(LIMITS.TWIN_STRING_BYTES_MAX);
    await expect(report(twin, { text: `${chunk}x` })).rejects.toThrow();
    const chunks = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, chunk]));
    await report(twin, chunks(7));
    await expect(report(twin, chunks(9))).rejects.toThrow();
    await expect(report(twin, { 'a.b': 1 })).rejects.toThrow();
    await report(twin, { after: true });
    const { reported } = await documentOf(device.deviceId);
    expect(reported).toMatchObject({ after: true, $version: 4 });
  });

  it('twin: patches sent at once are applied in order', async () => {
    const device = await hub.newDevice();
    const twin = await twinOf(await device.device(transport));
    await Promise.all(Array.from({ length: 20 }, (_, n) => report(twin, { n, [`k${n}`]: n })));
    const { reported } = await documentOf(device.deviceId);
    expect(reported).toMatchObject({ n: 19, k0: 0, k19: 19, $version: 21 });
  });
});

describe.each(suites(['https']))('%s', (_suite, transport) => {
  it('twin', async (context) => {
    notSupported(context, 'the protocol');
    const device = await hub.newDevice();
    const client = await device.device(transport);
    await expect(client.getTwin()).rejects.toMatchObject({ name: 'NotImplementedError' });
  });
});
