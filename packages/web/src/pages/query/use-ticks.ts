import type { DeviceIdentity } from '@viaduct/contracts';
import { useMemo, useState } from 'react';

/** Rows that a person ticked. Only a row that names a device can be. */
export interface Ticks {
  readonly count: number;
  readonly identities: readonly DeviceIdentity[];
  /** Whether any row names a device. */
  readonly isPossible: boolean;
  readonly has: (item: unknown) => boolean;
  readonly toggle: (item: unknown) => void;
  /** All rows on the page, or none. */
  readonly toggleAll: () => void;
  readonly areAll: boolean;
}

export function useTicks(items: readonly unknown[]): Ticks {
  const [ticked, setTicked] = useState<ReadonlyMap<string, DeviceIdentity>>(new Map());
  const all = useMemo(() => new Map(items.flatMap(entryOf)), [items]);
  const areAll = all.size > 0 && ticked.size === all.size;
  return {
    count: ticked.size,
    identities: [...ticked.values()],
    isPossible: all.size > 0,
    has: (item) => entryOf(item).some(([key]) => ticked.has(key)),
    toggle: (item) => {
      const next = new Map(ticked);
      for (const [key, identity] of entryOf(item)) if (!next.delete(key)) next.set(key, identity);
      setTicked(next);
    },
    toggleAll: () => setTicked(areAll ? new Map() : all),
    areAll,
  };
}

/** The device or module that a row is about; empty for a row that names none. */
export function identityOf(item: unknown): DeviceIdentity | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { deviceId, moduleId } = item as { readonly deviceId?: unknown; readonly moduleId?: unknown };
  if (typeof deviceId !== 'string') return undefined;
  return typeof moduleId === 'string' ? { deviceId, moduleId } : { deviceId };
}

function entryOf(item: unknown): readonly (readonly [string, DeviceIdentity])[] {
  const identity = identityOf(item);
  return identity === undefined ? [] : [[`${identity.deviceId}/${identity.moduleId ?? ''}`, identity]];
}
