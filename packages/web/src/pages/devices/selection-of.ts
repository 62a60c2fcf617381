import type { DirectorySelection, DirectoryState } from '@viaduct/contracts';
import { allOf, quoted } from '../../device-filter/filter-form.ts';
import type { DevicesSearch } from '../../ui/search-params.ts';

/** What the server is asked for what the address says. */
export function selectionOf({ search, state, template, group, filter }: DevicesSearch): DirectorySelection {
  const condition = allOf([filter, template === undefined ? undefined : templateCondition(template)]);
  return {
    ...(search === undefined ? {} : { search }),
    ...(state === undefined ? {} : { state }),
    ...(group === undefined ? {} : { group }),
    ...(condition === undefined ? {} : { filter: condition }),
  };
}

/** Whether anything narrows the devices down. */
export function isNarrowed({ search, state, template, group, filter }: DevicesSearch): boolean {
  return [search, state, template, group, filter].some((part) => part !== undefined);
}

/** The same as the filter of a new group; null when it is every device, or those of a group that has a name already. */
export function groupFilterOf({ search, state, template, group, filter }: DevicesSearch): string | null {
  if (group !== undefined) return null;
  const text = search === undefined ? undefined : quoted(search);
  return (
    allOf([
      filter,
      template === undefined ? undefined : templateCondition(template),
      state === undefined ? undefined : STATE_CONDITIONS[state],
      text === undefined ? undefined : `CONTAINS($id, ${text}) OR CONTAINS($displayName, ${text})`,
    ]) ?? null
  );
}

function templateCondition(templateId: string): string {
  return `$template = ${quoted(templateId)}`;
}

const STATE_CONDITIONS: Readonly<Record<DirectoryState, string>> = {
  connected: '$connected = true',
  disconnected: '$connected = false',
  enabled: '$enabled = true',
  disabled: '$enabled = false',
  waiting: '$approved = false',
  unassigned: '$template IS NULL',
  simulated: '$simulated = true',
};
