import { useQuery } from '@tanstack/react-query';
import type { LatestValue, ModelSummary, SeriesSource } from '@viaduct/contracts';
import { historyClient } from '../api/history-client.ts';
import { deviceQuery } from '../api/queries.ts';
import { useSourceDevices } from './use-source-devices.ts';

export interface Vocabulary {
  /** Names of telemetry, `component.name` in a component, with its id before it of a module. */
  readonly telemetry: readonly string[];
  readonly properties: readonly string[];
  readonly commands: readonly string[];
}

/** What can be shown of a source: what its model has, and what its first device has said. */
export function useVocabulary(source: SeriesSource): Vocabulary {
  const { deviceIds } = useSourceDevices(source);
  const deviceId = deviceIds[0] ?? '';
  const device = useQuery({ ...deviceQuery(deviceId), enabled: deviceId !== '', retry: false });
  const said = useQuery({
    queryKey: ['vocabulary', deviceId],
    queryFn: () => historyClient.latest({ source: { kind: 'devices', deviceIds: [deviceId] } }),
    enabled: deviceId !== '',
  });
  const model = device.data?.model ?? null;
  const spoken = (said.data ?? []).map(spokenPath);
  return {
    telemetry: [...new Set([...pathsOf(model, 'telemetry'), ...spoken])],
    properties: pathsOf(model, 'properties'),
    commands: pathsOf(model, 'commands'),
  };
}

function pathsOf(model: ModelSummary | null, part: 'telemetry' | 'properties' | 'commands'): readonly string[] {
  return (model?.[part] ?? []).map(pathOf);
}

/** What a module said has its id before it. */
function spokenPath({ moduleId, ...value }: LatestValue): string {
  return moduleId === null ? pathOf(value) : `${moduleId}.${pathOf(value)}`;
}

function pathOf({ component, name }: { readonly component: string | null; readonly name: string }): string {
  return component === null ? name : `${component}.${name}`;
}
