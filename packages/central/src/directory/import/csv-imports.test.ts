import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubError, type ImportView } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CentralStore, openCentralStore } from '../../store/central-store.ts';
import { CsvImports, type CsvImportsOptions } from './csv-imports.ts';

let directory: string;
let store: CentralStore;
/** What the hub has; by id, what central knows of it: nothing where a crash came in between. */
let devices: Map<string, object>;
const clock = { now: () => 1_000 };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-imports-'));
  store = await openCentralStore({ file: join(directory, 'central.sqlite'), clock });
  devices = new Map([['old', {}]]);
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

/** Hears of each device before it is made. */
type BeforeCreate = (deviceId: string) => Promise<void>;

function open(beforeCreate: BeforeCreate = async () => undefined): Promise<CsvImports> {
  const create = async (deviceId: string, device: object) => {
    if (devices.has(deviceId)) throw new HubError('device.exists', `device ${deviceId} exists already`);
    await beforeCreate(deviceId);
    devices.set(deviceId, { ...device });
  };
  const change = async (deviceId: string, more: object) => devices.set(deviceId, { ...devices.get(deviceId), ...more });
  let byte = 0;
  const options = {
    store,
    devices: { create, update: change, patchCloudProperties: (id: string, cloud: object) => change(id, { cloud }) },
    hub: {
      registry: { find: async ({ deviceId }: { deviceId: string }) => devices.get(deviceId) },
      random: { bytes: (count: number) => Buffer.alloc(count, ++byte) },
      clock,
    },
    templates: { get: () => expect.fail('no line names a template') },
    folder: join(directory, 'imports'),
    retryMs: 1,
    onFault: (fault: unknown) => expect.fail(String(fault)),
  };
  return CsvImports.open(options as unknown as CsvImportsOptions);
}

async function* chunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

const DEFAULTS = { templateId: null, organization: null, approved: true };
const LINES = Array.from({ length: 100 }, (_, index) =>
  index % 10 === 3 ? `old,Old ${index}` : `d${index},Name ${index}`,
);
const FILE = { fileName: 'fleet.csv', defaults: DEFAULTS };
const content = () => chunks(['IOTC_DEVICEID,IOTC_DEVICENAME', ...LINES, 'd1,Twice'].join('\r\n'));

function ended(imports: CsvImports, importId: string): Promise<ImportView> {
  return vi.waitFor(async () => {
    const view = await imports.get(importId);
    expect(view.state).not.toBe('running');
    return view;
  });
}

describe('an import that was accepted', () => {
  it('goes on where the server ended, and each line has the outcome that it would have had', async () => {
    let crashed: () => void = () => undefined;
    const crash = new Promise<void>((resolve) => {
      crashed = resolve;
    });
    // In the middle of a step the hub has a device that central knows nothing of, and nothing goes on.
    const dying = await open(async (deviceId) => {
      if (!/^d5\d$/.test(deviceId)) return;
      if (deviceId === 'd52') {
        devices.set('d52', {});
        crashed();
      }
      await new Promise(() => undefined);
    });
    const { importId } = await dying.start({ ...FILE, content: content() });
    await crash;
    expect(await dying.get(importId)).toMatchObject({ state: 'running', linesDone: expect.any(Number), lines: 101 });
    await writeFile(join(directory, 'imports', 'never-accepted.csv'), 'IOTC_DEVICEID');

    const next = await open();
    expect(await ended(next, importId)).toMatchObject({ state: 'done', linesDone: 101, created: 90, refused: 11 });
    for (let index = 0; index < 100; index++) {
      if (index % 10 !== 3) expect(devices.get(`d${index}`)).toMatchObject({ displayName: `Name ${index}` });
    }
    const refused: string[] = [];
    for await (const text of await next.refusedLines(importId)) refused.push(...text.split('\r\n').filter(Boolean));
    expect(refused.slice(1).map((line) => line.split(',', 3).join())).toEqual([
      ...Array.from({ length: 10 }, (_, ten) => `${ten * 10 + 5},old,device.exists`),
      '102,d1,device.exists',
    ]);
    await next.close();
    expect(await readdir(join(directory, 'imports'))).toEqual([]);
  });

  it('waits for a disk that takes nothing, and says so', async () => {
    let isFull = true;
    const imports = await open(async () => {
      if (isFull) throw new HubError('store.unavailable', 'the disk is full');
    });
    const { importId } = await imports.start({ ...FILE, content: content() });
    await vi.waitFor(async () => expect((await imports.get(importId)).problem).toBe('the disk is full'));
    isFull = false;
    expect(await ended(imports, importId)).toMatchObject({ state: 'done', created: 90, refused: 11, problem: null });
    await imports.close();
  });

  it('is left as it is by a server that ends, and ended by who cancels it', async () => {
    const full = async () => {
      throw new HubError('store.unavailable', 'the disk is full');
    };
    const first = await open(full);
    const { importId } = await first.start({ ...FILE, content: content() });
    await first.close();
    const second = await open(full);
    expect(await second.list()).toMatchObject([{ importId, state: 'running', linesDone: 0 }]);
    await second.cancel(importId);
    expect(await second.get(importId)).toMatchObject({ state: 'cancelled', created: 0 });
    await second.close();
  });
});
