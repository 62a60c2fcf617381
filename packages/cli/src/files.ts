import type { IncomingMessage } from 'node:http';
import type { RestClient } from './rest-client.ts';

/** A file that a device uploaded, as the REST API gives it. */
export interface DeviceFile {
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string | null;
  readonly lastModifiedTime: string;
  readonly etag: string;
}

/** At most `top` files in order of name, from as many pages as it takes. @throws HubError device.notFound */
export async function listFiles(rest: RestClient, deviceId: string, top: number): Promise<readonly DeviceFile[]> {
  const files: DeviceFile[] = [];
  let continuation: string | undefined;
  do {
    const { value, headers } = await rest.exchange({
      method: 'GET',
      path: `/devices/${encodeURIComponent(deviceId)}/files`,
      headers: {
        'x-ms-max-item-count': String(top - files.length),
        ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      },
    });
    files.push(...(value as DeviceFile[]));
    continuation = headers['x-ms-continuation']?.toString();
  } while (continuation !== undefined && files.length < top);
  return files;
}

/** The content; read it to its end, or destroy it. @throws HubError blob.notFound */
export function openFile(rest: RestClient, deviceId: string, name: string): Promise<IncomingMessage> {
  return rest.open({ method: 'GET', path: filePath(deviceId, name) });
}

/** @throws HubError blob.notFound */
export async function deleteFile(rest: RestClient, deviceId: string, name: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: filePath(deviceId, name) });
}

/** Slashes are encoded with the rest of the name, so that nothing on the way takes them for folders to tidy up. */
function filePath(deviceId: string, name: string): string {
  return `/devices/${encodeURIComponent(deviceId)}/files/${encodeURIComponent(name)}`;
}
