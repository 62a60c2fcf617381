import type { DashboardContent, Tile } from '@viaduct/contracts';
import { TILE_KINDS } from '../../tiles/tile-kinds.ts';

/**
 * Changes that are not saved yet, kept in this browser as they are made: neither the end of a session nor a closed tab takes them away.
 * What cannot be read, or was kept by another version, is no draft.
 */
export interface KeptDraft {
  /** Of what was changed. */
  readonly etag: string;
  readonly content: DashboardContent;
}

const PREFIX = 'viaduct.dashboard.';

export function readDraft(storage: Storage, id: string): KeptDraft | null {
  try {
    const draft = JSON.parse(storage.getItem(PREFIX + id) ?? 'null') as KeptDraft | null;
    return typeof draft?.etag === 'string' && isContent(draft.content) ? draft : null;
  } catch {
    return null;
  }
}

function isContent(content: DashboardContent | undefined): boolean {
  return typeof content?.displayName === 'string' && Array.isArray(content.tiles) && content.tiles.every(isTile);
}

/** Of a kind that is known here, somewhere. */
function isTile(tile: Tile | null): boolean {
  const { configuration, x, y, width, height } = tile ?? {};
  return [x, y, width, height].every(Number.isFinite) && Object.hasOwn(TILE_KINDS, configuration?.type ?? '');
}

/** Null forgets it. A browser that has no room keeps nothing; the page has it still. */
export function keepDraft(storage: Storage, id: string, draft: KeptDraft | null): void {
  try {
    if (draft === null) storage.removeItem(PREFIX + id);
    else storage.setItem(PREFIX + id, JSON.stringify(draft));
  } catch {
    storage.removeItem(PREFIX + id);
  }
}
