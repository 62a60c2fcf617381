import { useQuery } from '@tanstack/react-query';
import { deviceQuery } from '../api/queries.ts';
import { ConsoleRefusal } from '../api/request.ts';

/** The id itself, where there is no such device (any more); null while that is not known. An empty id is nobody's. */
export function useGoneDevice(deviceId: string): string | null {
  const { error } = useQuery({ ...deviceQuery(deviceId), enabled: deviceId !== '', retry: false });
  return error instanceof ConsoleRefusal && error.row.http === 404 ? deviceId : null;
}
