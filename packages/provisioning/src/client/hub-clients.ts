import type { Hub, TellsTime } from '@viaduct/hub';
import type { HubClient, LinkedHubRecord, ReachesHubs } from '../core/ports.ts';
import { LocalHubClient } from './local-hub-client.ts';
import { RemoteHubClient } from './remote-hub-client.ts';

/** The client of each linked hub: kept as long as the link is not changed, for it has connections open. */
export function hubClients(p: TellsTime, ownHub: Hub): ReachesHubs['hubClient'] {
  const local = new LocalHubClient(ownHub);
  const remotes = new Map<string, { readonly etag: string; readonly client: HubClient }>();
  return (hub: LinkedHubRecord) => {
    if (hub.kind === 'local') return local;
    const known = remotes.get(hub.hostName);
    if (known?.etag === hub.etag) return known.client;
    const client = new RemoteHubClient(p, hub);
    remotes.set(hub.hostName, { etag: hub.etag, client });
    return client;
  };
}
