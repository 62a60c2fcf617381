import { DIRECTORY_STATES, type DirectorySelection, type DirectoryState, LIMITS } from '@viaduct/contracts';
import type { DeviceGroups } from '../directory/device-directory.ts';
import type { DeviceFilter, DeviceMeta } from '../directory/device-filter.ts';
import { parseGroupFilter } from '../language/group-filter.ts';

/**
 * What is asked of devices, as one filter; undefined when nothing is. The search is apart: it has an index of its own.
 *
 * @throws QueryRefusal query.invalid; HubError central.notFound: no such group
 */
export function selectionFilter(
  groups: DeviceGroups,
  { filter, group, state }: DirectorySelection,
): DeviceFilter | undefined {
  const terms = [
    ...(filter === undefined || filter === '' ? [] : [parseGroupFilter(filter)]),
    ...(group === undefined || group === '' ? [] : [groups.get(group).filter]),
    ...(state === undefined ? [] : [STATES[state]]),
  ];
  return terms.length === 0 ? undefined : { kind: 'and', terms };
}

function flag(name: DeviceMeta, value: boolean): DeviceFilter {
  return { kind: 'compare', field: { kind: 'meta', name }, operator: '=', value };
}

const STATES: Readonly<Record<DirectoryState, DeviceFilter>> = {
  connected: flag('connected', true),
  disconnected: flag('connected', false),
  enabled: flag('enabled', true),
  disabled: flag('enabled', false),
  waiting: flag('approved', false),
  unassigned: { kind: 'isNull', field: { kind: 'meta', name: 'template' } },
  simulated: flag('simulated', true),
};

/** JSON schema of a selection, in a body or in an address. */
export const SELECTION = {
  search: { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX },
  filter: { type: 'string', maxLength: LIMITS.QUERY_CHARACTERS_MAX },
  group: { type: 'string', maxLength: 255 },
  state: { enum: DIRECTORY_STATES },
} as const;
