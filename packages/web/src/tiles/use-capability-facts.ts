import { useQuery } from '@tanstack/react-query';
import type { ModelField, ModelSummary, SeriesAnswer, SeriesRequest, SeriesSource } from '@viaduct/contracts';
import { useMemo } from 'react';
import { deviceQuery } from '../api/queries.ts';
import { aggregateMeasure, type Measure, measureOf, NO_MEASURE } from '../model/measure.ts';

interface CapabilityFact {
  readonly title: string;
  /** In which it is shown; the same as in `measure`. */
  readonly unit: string | null;
  readonly measure: Measure;
}

/** What a capability, or an aggregate of it, is called and measured in. */
export type CapabilityFacts = (capability: string, aggregate?: SeriesRequest['aggregate']) => CapabilityFact;

/** By the model of the first device that is shown; a source has devices of one kind more often than not. */
export function useCapabilityFacts(
  source: SeriesSource,
  answers: readonly (SeriesAnswer | null)[] = [],
): CapabilityFacts {
  const named = source.kind === 'devices' ? source.deviceIds[0] : undefined;
  const first = answers.flatMap((answer) => answer?.lines ?? []).find(({ key }) => key !== 'all')?.key;
  const deviceId = named ?? first ?? '';
  const { data } = useQuery({ ...deviceQuery(deviceId), enabled: deviceId !== '', retry: false });
  const model = data?.model ?? null;
  return useMemo(() => factsOf(model), [model]);
}

function factsOf(model: ModelSummary | null): CapabilityFacts {
  const fields = new Map<string, ModelField>();
  for (const field of [...(model?.properties ?? []), ...(model?.telemetry ?? [])]) {
    fields.set(field.component === null ? field.name : `${field.component}.${field.name}`, field);
  }
  return (capability, aggregate = 'none') => {
    const field = fields.get(capability) ?? memberOf(fields, capability);
    const measure = aggregateMeasure(field === undefined ? NO_MEASURE : measureOf(field), aggregate);
    return { title: field?.displayName || capability, unit: measure.unit, measure };
  };
}

/** A member of an object: `position.lat`. */
function memberOf(fields: ReadonlyMap<string, ModelField>, capability: string): ModelField | undefined {
  const dot = capability.lastIndexOf('.');
  const whole =
    dot < 0 ? undefined : (fields.get(capability.slice(0, dot)) ?? memberOf(fields, capability.slice(0, dot)));
  return whole?.schema.kind === 'object'
    ? whole.schema.fields.find(({ name }) => name === capability.slice(dot + 1))
    : undefined;
}
