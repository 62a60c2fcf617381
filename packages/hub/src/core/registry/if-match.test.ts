import { HubError } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { getTwin } from '../twin/get-twin.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import { createDevice } from './create-device.ts';
import { getDevice } from './get-device.ts';
import { updateDevice } from './update-device.ts';

const WRITERS = 100;
const d1 = { deviceId: 'd1' };
let hub: TemporaryHub;
beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1, { statusReason: '0' });
});
afterEach(() => hub.close());

/** Reads, adds one and writes on the condition that nobody wrote since; again until it holds. Returns how often it was refused. */
async function addOne(write: () => Promise<unknown>): Promise<number> {
  for (let refusals = 0; ; refusals++) {
    try {
      await write();
      return refusals;
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown.code !== 'etag.mismatch') throw thrown;
    }
  }
}

const many = <T>(write: (i: number) => Promise<T>) => Promise.all(Array.from({ length: WRITERS }, (_, i) => write(i)));

describe('If-Match among a hundred writers', () => {
  it('loses no change of a twin', async () => {
    const refusals = await many(() =>
      addOne(async () => {
        const { etag, tags } = await getTwin(hub, d1);
        await patchTwin(hub, d1, { tags: { count: Number(tags.count ?? 0) + 1 } }, etag);
      }),
    );
    const { tags, version } = await getTwin(hub, d1);
    expect([tags.count, version]).toEqual([WRITERS, 2 + WRITERS]);
    expect(Math.max(...refusals)).toBeGreaterThan(0);
  });

  it('loses no change of a device', async () => {
    const refusals = await many(() =>
      addOne(async () => {
        const { etag, statusReason } = await getDevice(hub, d1);
        await updateDevice(hub, d1, { statusReason: String(Number(statusReason) + 1) }, etag);
      }),
    );
    expect((await getDevice(hub, d1)).statusReason).toBe(String(WRITERS));
    expect(Math.max(...refusals)).toBeGreaterThan(0);
  });

  it('lets one of them through who read the same', async () => {
    const { etag } = await getDevice(hub, d1);
    const outcomes = await many((i) =>
      updateDevice(hub, d1, { statusReason: `${i}` }, etag).then(() => 'done', codeOf),
    );
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'etag.mismatch')).toHaveLength(WRITERS - 1);
  });

  it('refuses nobody who does not care what was there, and every etag is another', async () => {
    const entries = await many((i) => updateDevice(hub, d1, { statusReason: `${i}` }, '*'));
    expect(new Set(entries.map(({ etag }) => etag)).size).toBe(WRITERS);
    expect((await getDevice(hub, d1)).statusReason).toBe(entries.at(-1)?.statusReason);
  });
});

function codeOf(thrown: unknown): string {
  return thrown instanceof HubError ? thrown.code : String(thrown);
}
