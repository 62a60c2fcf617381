import {
  type FileUploadInput,
  type FileUploadSettings,
  getFileUploads,
  removeFileUploads,
  saveFileUploads,
} from '../access/file-upload-settings.ts';
import type { Central } from '../central.ts';
import { mergePatch } from './merge-patch.ts';
import type { ServeOperation } from './operation.ts';
import { requireValid } from './validate.ts';

/** Where devices' files go, as an application of Azure's would be told; there is one such setting or none. */
export function fileUploadOperations(central: Central, serve: ServeOperation): void {
  serve('FileUploads_Get', 'fileUpload.read', async () => fileUploadDocument(await getFileUploads(central)));
  serve('FileUploads_Create', 'fileUpload.write', async (_caller, { body, ifMatch }) =>
    fileUploadDocument(await saveFileUploads(central, body as FileUploadInput, ifMatch)),
  );
  serve('FileUploads_Update', 'fileUpload.write', async (_caller, { body, ifMatch }) => {
    const before = await getFileUploads(central);
    const merged = mergePatch(fileUploadDocument(before), body) as FileUploadInput;
    requireValid('FileUpload', merged);
    return fileUploadDocument(await saveFileUploads(central, merged, ifMatch ?? before.etag));
  });
  serve('FileUploads_Remove', 'fileUpload.write', (_caller, { ifMatch }) => removeFileUploads(central, ifMatch));
}

/** It is in force at once: nothing is made anywhere else. */
function fileUploadDocument(settings: FileUploadSettings) {
  return { ...settings, state: 'succeeded' };
}
