import type { DirectoryRow } from '@viaduct/contracts';
import { useState } from 'react';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly count: number;
  has(deviceId: string): boolean;
  areAll(rows: readonly DirectoryRow[]): boolean;
  toggle(deviceId: string): void;
  toggleAll(rows: readonly DirectoryRow[]): void;
  /** These and no others. */
  set(deviceIds: readonly string[]): void;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Which devices something is done to; forgotten when other devices are looked for. */
export function useSelection(key: string): Selection {
  const [chosen, setChosen] = useState({ key, ids: NOBODY });
  const ids = chosen.key === key ? chosen.ids : NOBODY;
  const keep = (next: ReadonlySet<string>) => setChosen({ key, ids: next });
  const areAll = (rows: readonly DirectoryRow[]) => rows.length > 0 && rows.every(({ deviceId }) => ids.has(deviceId));
  return {
    ids,
    count: ids.size,
    has: (deviceId) => ids.has(deviceId),
    areAll,
    toggle: (deviceId) => {
      const next = new Set(ids);
      if (!next.delete(deviceId)) next.add(deviceId);
      keep(next);
    },
    toggleAll: (rows) => keep(areAll(rows) ? NOBODY : new Set(rows.map(({ deviceId }) => deviceId))),
    set: (deviceIds) => keep(new Set(deviceIds)),
  };
}
