import type { Hub } from '@viaduct/hub';
import type { CentralDevice, DeviceDirectory, DeviceListing } from '../device-directory.ts';
import { csvLine } from './csv-line.ts';
import { COLUMN } from './import-line.ts';

const PAGE = 500;

export interface DeviceExport extends Pick<DeviceListing, 'filter' | 'search'> {
  /** Keys and thumbprints too: whoever has the file can speak for the devices. */
  readonly credentials: boolean;
}

/** Devices as a CSV file that an import understands, a page at a time, in order of id. */
export async function* exportDevices(
  { hub, devices }: { readonly hub: Pick<Hub, 'registry'>; readonly devices: DeviceDirectory },
  { credentials, ...selection }: DeviceExport,
): AsyncGenerator<string> {
  const names = await devices.cloudPropertyNames();
  const own = [COLUMN.deviceId, COLUMN.displayName, COLUMN.template, COLUMN.organization];
  yield csvLine([...own, ...(credentials ? CREDENTIAL_COLUMNS : []), ...names]);
  let cursor: string | undefined;
  do {
    const page = await devices.list({ ...selection, ...(cursor && { cursor }), limit: PAGE });
    const cloud = await devices.cloudOf(page.items.map(({ deviceId }) => deviceId));
    const secrets = credentials ? await Promise.all(page.items.map((device) => credentialCells(hub, device))) : [];
    const lines = page.items.map((device, index) => {
      const values = cloud.get(device.deviceId) ?? {};
      return csvLine([...ownCells(device), ...(secrets[index] ?? []), ...names.map((name) => cellOf(values[name]))]);
    });
    yield lines.join('');
    cursor = page.cursor;
  } while (cursor !== undefined);
}

const CREDENTIAL_COLUMNS = [
  COLUMN.primaryKey,
  COLUMN.secondaryKey,
  COLUMN.primaryThumbprint,
  COLUMN.secondaryThumbprint,
];

function ownCells({ deviceId, displayName, templateId, organizations }: CentralDevice): readonly string[] {
  return [deviceId, displayName, templateId ?? '', organizations[0] ?? ''];
}

async function credentialCells({ registry }: Pick<Hub, 'registry'>, device: CentralDevice): Promise<readonly string[]> {
  const entry = await registry.find(device);
  const { symmetricKey, x509Thumbprint } = entry?.authentication ?? {};
  return [
    symmetricKey?.primaryKey ?? '',
    symmetricKey?.secondaryKey ?? '',
    x509Thumbprint?.primaryThumbprint ?? '',
    x509Thumbprint?.secondaryThumbprint ?? '',
  ];
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
