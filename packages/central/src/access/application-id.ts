import { type MakesRandomness, newGuid } from '@viaduct/hub';
import type { CentralStore } from '../store/central-store.ts';
import { insertSettingIfMissing } from '../store/settings.ts';

/** The GUID of this application: made once, for tokens name it. */
export function openApplicationId(store: CentralStore, hub: MakesRandomness): Promise<string> {
  return insertSettingIfMissing(store, 'applicationId', newGuid(hub));
}
