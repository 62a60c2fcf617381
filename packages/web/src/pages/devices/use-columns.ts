import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { directoryColumnsQuery } from '../../api/directory-client.ts';
import { chosenColumns, FIRST_COLUMNS, offeredColumns } from './device-columns.ts';

/** Which columns somebody wants, kept in this browser. */
export function useColumns() {
  const [ids, setIds] = useLocalStorage<readonly string[]>({
    key: 'viaduct.devices.columns',
    defaultValue: FIRST_COLUMNS,
    getInitialValueInEffect: false,
  });
  const properties = useQuery(directoryColumnsQuery);
  const offered = offeredColumns(properties.data ?? []);
  const chosen = chosenColumns(Array.isArray(ids) ? ids : FIRST_COLUMNS, offered);
  const toggle = (id: string) =>
    setIds((old) => (old.includes(id) ? old.filter((other) => other !== id) : [...old, id]));
  return { offered, chosen, toggle, reset: () => setIds(FIRST_COLUMNS) };
}
