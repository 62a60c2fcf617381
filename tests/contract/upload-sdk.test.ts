import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { BlockBlobClient } from '@azure/storage-blob';
import { until } from '@viaduct/testkit';
import type { Client } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { notSupported } from './sdk/not-supported.ts';
import { proves } from './sdk/operations.ts';
import { ALL, CONNECTED, suites } from './sdk/transports.ts';

/**
 * Files of devices with the unmodified clients, beside each transport. What the blob endpoint does with large, many and
 * wrong requests is in file-upload.test.ts.
 */
let hub: Conformance;
let told: readonly Told[];
beforeAll(async () => {
  hub = await startConformance();
  told = await hearOfFiles();
});
afterAll(() => hub.close());

interface Told {
  readonly deviceId: string;
  readonly blobName: string;
  readonly blobSizeInBytes: number;
}

function hearOfFiles(): Promise<readonly Told[]> {
  const heard: Told[] = [];
  return new Promise((resolve, reject) => {
    hub.service.getFileNotificationReceiver((error, receiver) => {
      if (receiver === undefined) return reject(error);
      receiver.on('message', (message: { readonly data: unknown }) => {
        heard.push(JSON.parse(String(message.data)) as Told);
        receiver.complete(message as never, () => {});
      });
      resolve(heard);
    });
  });
}

interface Permission {
  readonly correlationId: string;
  readonly hostName: string;
  readonly containerName: string;
  readonly blobName: string;
  readonly sasToken: string;
}

async function permissionFor(client: Client, name: string): Promise<Permission> {
  return (await client.getBlobSharedAccessSignature(name)) as unknown as Permission;
}

const storageOf = ({ hostName, containerName, blobName, sasToken }: Permission) =>
  new BlockBlobClient(`https://${hostName}/${containerName}/${blobName}${sasToken}`);

describe.each(suites(ALL))('%s', (_suite, transport) => {
  it('file: uploaded in one call; the back end is told, and reads what was sent', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const content = randomBytes(200_000);
    await client.uploadToBlob('logs/boot.bin', Readable.from([content]), content.length);
    const blobName = `${device.deviceId}/logs/boot.bin`;
    const notice = await until(() => told.find((each) => each.blobName === blobName), { what: 'the notification' });
    expect(notice).toMatchObject({ deviceId: device.deviceId, blobSizeInBytes: content.length });
    const opened = await hub.server.hub.blobs.open({ container: 'device-uploads', name: blobName });
    expect(Buffer.concat((await opened?.stream.toArray()) ?? []).equals(content)).toBe(true);
  });

  it('file: permission, upload by a storage client, completion', async ({ task }) => {
    proves(task, 'device.create_file_upload_sas_uri', 'device.update_file_upload_status');
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const permission = await permissionFor(client, 'report.txt');
    await storageOf(permission).upload('21.5', 4);
    await client.notifyBlobUploadStatus(permission.correlationId, true, 201, 'Created');
    const blobName = `${device.deviceId}/report.txt`;
    await until(() => told.find((each) => each.blobName === blobName), { what: 'the notification' });
  });

  it('file: a failure is told to the operator, not to the back end', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const { correlationId } = await permissionFor(client, 'half.bin');
    await client.notifyBlobUploadStatus(correlationId, false, 500, 'the disk broke');
    expect(await hub.server.hub.refusals.list(device.deviceId)).toMatchObject([{ code: 'file.uploadFailed' }]);
    expect(told.some(({ deviceId }) => deviceId === device.deviceId)).toBe(false);
  });

  it('file: at most ten uploads at a time', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    for (let i = 0; i < 10; i++) await permissionFor(client, `f${i}`);
    await expect(permissionFor(client, 'f10')).rejects.toMatchObject({
      responseBody: expect.stringContaining('DeviceMaximumActiveFileUploadLimitExceeded'),
    });
  });
});

describe.each(suites([...CONNECTED, 'https'], { client: 'azure-iot-device modules' }))('%s', (_suite, transport) => {
  it('file upload', async (context) => {
    notSupported(context, 'the client');
    const client = await (await hub.newModule()).unopenedModule(transport);
    expect(client).not.toHaveProperty('uploadToBlob');
  });
});
