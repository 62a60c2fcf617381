import { useDebouncedValue } from '@mantine/hooks';
import { IconCpu, IconLayoutDashboard, IconStack2, IconTemplate } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { dashboardsQuery } from '../api/dashboards-client.ts';
import { directorySampleQuery } from '../api/directory-client.ts';
import { groupsQuery } from '../api/groups-client.ts';
import { templatesQuery } from '../api/templates-client.ts';
import { FIXED_COMMANDS } from './fixed-commands.ts';
import { matching, type PaletteCommand } from './palette-command.ts';

const SEARCH_DELAY_MS = 120;
/** Of each kind: what somebody looks for is found by typing, not by reading. */
const SHOWN_MAX = 6;

/** What is found for what was typed; devices are searched by the server. */
export function usePaletteCommands(typed: string) {
  const [searched] = useDebouncedValue(typed.trim(), SEARCH_DELAY_MS);
  const devices = useQuery({
    ...directorySampleQuery({ limit: SHOWN_MAX, ...(searched === '' ? {} : { search: searched }) }),
    placeholderData: keepPreviousData,
  });
  const groups = useQuery(groupsQuery);
  const dashboards = useQuery(dashboardsQuery);
  const models = useQuery(templatesQuery);
  const named = [
    ...(models.data ?? []).map(({ templateId, displayName }) => modelCommand(templateId, displayName)),
    ...(dashboards.data ?? []).map(({ id, displayName }) => dashboardCommand(id, displayName)),
    ...(groups.data ?? []).map(({ groupId, displayName }) => groupCommand(groupId, displayName)),
  ];
  const found = (devices.data?.items ?? []).map(({ deviceId, displayName }) => deviceCommand(deviceId, displayName));
  return {
    commands: [
      // Until the answer comes, those of the former one that still fit.
      ...matching(found, typed),
      ...firstOfEach(matching(named, typed)),
      ...matching(FIXED_COMMANDS, typed),
    ],
    isSearching: devices.isFetching,
  };
}

function firstOfEach(commands: readonly PaletteCommand[]): readonly PaletteCommand[] {
  const shown = (group: PaletteCommand['group']) => commands.filter((one) => one.group === group).slice(0, SHOWN_MAX);
  return [...shown('Models'), ...shown('Dashboards'), ...shown('Groups')];
}

function deviceCommand(deviceId: string, title: string): PaletteCommand {
  const to = `/devices/${encodeURIComponent(deviceId)}`;
  return { id: `device:${deviceId}`, group: 'Devices', title, hint: deviceId, icon: IconCpu, to };
}

function modelCommand(templateId: string, title: string): PaletteCommand {
  const to = `/models/${encodeURIComponent(templateId)}`;
  return { id: `model:${templateId}`, group: 'Models', title, hint: templateId, icon: IconTemplate, to };
}

function dashboardCommand(id: string, title: string): PaletteCommand {
  const to = `/dashboards/${encodeURIComponent(id)}`;
  return { id: `dashboard:${id}`, group: 'Dashboards', title, icon: IconLayoutDashboard, to };
}

function groupCommand(groupId: string, title: string): PaletteCommand {
  const to = `/groups/${encodeURIComponent(groupId)}`;
  return { id: `group:${groupId}`, group: 'Groups', title, icon: IconStack2, to };
}
