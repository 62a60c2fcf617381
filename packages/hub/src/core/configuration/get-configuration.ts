import { HubError, LIMITS } from '@viaduct/contracts';
import type { ConfigurationRecord, KeepsConfigurations } from '../ports.ts';
import { requireMatch } from '../registry/if-match.ts';

/** Every configuration, in order of id. */
export async function listConfigurations(hub: KeepsConfigurations): Promise<readonly ConfigurationRecord[]> {
  return (await hub.configurations.list()).filter(({ isDeleted }) => !isDeleted);
}

/** @throws HubError configuration.notFound, etag.mismatch */
export async function getConfiguration(
  hub: KeepsConfigurations,
  id: string,
  ifMatch?: string,
): Promise<ConfigurationRecord> {
  const found = (await listConfigurations(hub)).find((configuration) => configuration.id === id);
  if (found === undefined) {
    const shown = JSON.stringify(id.slice(0, LIMITS.CONFIGURATION_ID_CHARACTERS_MAX));
    throw new HubError('configuration.notFound', `there is no configuration ${shown}`);
  }
  requireMatch(found.etag, ifMatch);
  return found;
}
