import { ROUTED_CONTAINER } from '../../core/file/blob-name.ts';
import type { EndpointAdapter } from '../../core/routing/endpoint.ts';
import { ContainerFiles } from './container-files.ts';
import { S3_SECRET_FIELDS, s3Address } from './s3-configuration.ts';
import { openS3Files } from './s3-files.ts';
import { readStorageConfiguration, type StorageBounds, type StorageConfiguration } from './storage-configuration.ts';
import { StorageConnection, type StoresMessages } from './storage-connection.ts';

/** Files in the hub's own blob store, for any storage client, or in a bucket of a service that speaks S3. */
export function storageEndpoint(hub: StoresMessages, bounds: StorageBounds): EndpointAdapter<StorageConfiguration> {
  return {
    kind: 'storage',
    secretFields: S3_SECRET_FIELDS,
    read: (json) => readStorageConfiguration(json, bounds),
    address: (configuration) => {
      if (configuration.destination === 's3') return s3Address(configuration);
      const { folder, fileNameFormat, encoding } = configuration;
      return `${ROUTED_CONTAINER}/${folder}/${fileNameFormat}.${encoding}`;
    },
    open: async (configuration, signal) => {
      const files =
        configuration.destination === 's3'
          ? await openS3Files(configuration, signal)
          : new ContainerFiles(hub, configuration.folder);
      return new StorageConnection(hub, files, configuration);
    },
  };
}
