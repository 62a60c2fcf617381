import { ROUTED_CONTAINER } from '../../core/file/blob-name.ts';
import type { EndpointAdapter } from '../../core/routing/endpoint.ts';
import { readStorageConfiguration, type StorageBounds, type StorageConfiguration } from './storage-configuration.ts';
import { StorageConnection, type StoresMessages } from './storage-connection.ts';

/** Files in the hub's own blob store, for any storage client. */
export function storageEndpoint(hub: StoresMessages, bounds: StorageBounds): EndpointAdapter<StorageConfiguration> {
  return {
    kind: 'storage',
    secretFields: [],
    read: (json) => readStorageConfiguration(json, bounds),
    address: ({ folder, fileNameFormat, encoding }) => `${ROUTED_CONTAINER}/${folder}/${fileNameFormat}.${encoding}`,
    open: async (configuration) => new StorageConnection(hub, configuration),
  };
}
