import { queryOptions } from '@tanstack/react-query';
import type { CloudPropertyView, CommandRunPage, DirectoryDevice, JsonObject, LiveTelemetry } from '@viaduct/contracts';
import { get, query, send } from './request.ts';

/** What central knows of one device beyond the hub: its cloud properties, its messages of before, its place in a model. */
export const deviceClient = {
  directory: (deviceId: string) => get<DirectoryDevice>(`${pathOf(deviceId)}/directory`),
  patchCloudProperties: (deviceId: string, patch: JsonObject) =>
    send<readonly CloudPropertyView[]>('PATCH', `${pathOf(deviceId)}/cloud-properties`, patch),
  /** Oldest first. */
  messages: (deviceId: string, sinceSeconds: number, limit: number) =>
    get<readonly LiveTelemetry[]>(`${pathOf(deviceId)}/messages${query({ sinceSeconds, limit })}`),
  /** Newest first, before a run. */
  commandRuns: (deviceId: string, before?: number) =>
    get<CommandRunPage>(`${pathOf(deviceId)}/command-runs${query({ before })}`),
  /** One value that its model does not mention becomes part of it, for all devices of the model. */
  makeCapability: (deviceId: string, field: { readonly component: string | null; readonly name: string }) =>
    send<unknown>('POST', `${pathOf(deviceId)}/capability`, { kind: 'telemetry', ...field }),
};

export const deviceDirectoryQuery = (deviceId: string) =>
  queryOptions({ queryKey: ['device', deviceId, 'directory'], queryFn: () => deviceClient.directory(deviceId) });

function pathOf(deviceId: string): string {
  return `/devices/${encodeURIComponent(deviceId)}`;
}
