import type { DashboardContent } from '@viaduct/contracts';

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
    return typeof draft?.etag === 'string' && Array.isArray(draft.content?.tiles) ? draft : null;
  } catch {
    return null;
  }
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
