import { useDebouncedValue } from '@mantine/hooks';
import { IconCpu } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { devicesQuery } from '../api/queries.ts';
import { FIXED_COMMANDS } from './fixed-commands.ts';
import { matching, type PaletteCommand } from './palette-command.ts';

const SEARCH_DELAY_MS = 120;
const DEVICES_MAX = 8;

/** What is found for what was typed; devices are searched by the server. */
export function usePaletteCommands(typed: string) {
  const [searched] = useDebouncedValue(typed.trim(), SEARCH_DELAY_MS);
  const devices = useQuery({
    ...devicesQuery({ search: searched || undefined, limit: DEVICES_MAX }),
    placeholderData: keepPreviousData,
  });
  const found = (devices.data?.items ?? []).map(({ deviceId }): PaletteCommand => {
    return {
      id: `device:${deviceId}`,
      group: 'Devices',
      title: deviceId,
      icon: IconCpu,
      to: `/devices/${encodeURIComponent(deviceId)}`,
    };
  });
  return { commands: [...found, ...matching(FIXED_COMMANDS, typed)], isSearching: devices.isFetching };
}
