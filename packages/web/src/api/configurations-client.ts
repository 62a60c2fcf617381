import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  ConfigurationDetail,
  ConfigurationDevicePage,
  ConfigurationPatch,
  ConfigurationRow,
  ConfigurationTrial,
  ConfigurationTrialRequest,
  NewConfiguration,
} from '@viaduct/contracts';
import { get, query, send } from './request.ts';

export type ConfigurationDeviceFilter = 'Targeted' | 'Applied' | 'Failed';

/** Settings that find their devices by themselves. */
export const configurationsClient = {
  list: () => get<readonly ConfigurationRow[]>('/configurations'),
  one: (id: string) => get<ConfigurationDetail>(configurationPath(id)),
  create: (body: NewConfiguration) => send<ConfigurationDetail>('POST', '/configurations', body),
  change: (id: string, etag: string, body: ConfigurationPatch) =>
    send<ConfigurationDetail>('PATCH', `${configurationPath(id)}${query({ etag })}`, body),
  remove: (id: string, etag: string) => send<void>('DELETE', `${configurationPath(id)}${query({ etag })}`),
  tryOut: (body: ConfigurationTrialRequest) => send<ConfigurationTrial>('POST', '/configurations/trial', body),
  devices: (id: string, status: ConfigurationDeviceFilter | undefined, after?: string) =>
    get<ConfigurationDevicePage>(
      `${configurationPath(id)}/devices${query({ status, after, limit: DEVICES_PAGE_SIZE })}`,
    ),
};

const DEVICES_PAGE_SIZE = 100;

function configurationPath(id: string): string {
  return `/configurations/${encodeURIComponent(id)}`;
}

/** Devices come and go under a condition all the time. */
const REFRESH_MS = 2_000;

export const configurationsQuery = queryOptions({
  queryKey: ['configurations', 'list'],
  queryFn: () => configurationsClient.list(),
  refetchInterval: REFRESH_MS,
});

export const configurationQuery = (id: string) =>
  queryOptions({
    queryKey: ['configurations', 'one', id],
    queryFn: () => configurationsClient.one(id),
    refetchInterval: REFRESH_MS,
  });

export const configurationDevicesQuery = (id: string, status: ConfigurationDeviceFilter | undefined) =>
  infiniteQueryOptions({
    queryKey: ['configurations', 'one', id, 'devices', status ?? 'all'],
    queryFn: ({ pageParam }) => configurationsClient.devices(id, status, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: REFRESH_MS,
  });

export const trialQuery = (asked: ConfigurationTrialRequest) =>
  queryOptions({
    queryKey: ['configurations', 'trial', asked],
    queryFn: () => configurationsClient.tryOut(asked),
    retry: false,
    gcTime: 10_000,
  });
