import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { twinQuery } from '../../api/queries.ts';
import { newerTwin } from '../../model/newer-twin.ts';
import { desiredPatch, propertyRows } from '../../model/property-rows.ts';
import { PropertyStateBadge } from '../../pages/device/properties/property-state-badge.tsx';
import { formatValue } from '../../ui/format.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { findProperty } from '../find-property.ts';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { missingOf, resolveText } from '../tile-source.ts';
import { Gone, Note } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import classes from '../tiles.module.css';
import { useCapabilityFacts } from '../use-capability-facts.ts';
import { useGoneDevice } from '../use-gone-device.ts';

/** Wishes for one device, each with what became of it. */
export function WritablePropertyTile({
  configuration,
}: {
  readonly configuration: ConfigurationOf<'writableProperty'>;
}) {
  const { variables } = useTileSurroundings();
  const missing = missingOf(configuration.device, variables);
  const deviceId = resolveText(configuration.device, variables);
  const gone = useGoneDevice(deviceId);
  if (missing !== null) return <Note>Choose above: {missing}.</Note>;
  if (deviceId === '') return <Note>Choose a device in the tile's settings.</Note>;
  if (gone !== null) return <Gone deviceId={gone} />;
  return (
    <div className={classes.form}>
      {configuration.properties.map((property) => (
        <Wish key={`${deviceId} ${property}`} deviceId={deviceId} property={property} />
      ))}
    </div>
  );
}

function Wish({ deviceId, property }: { readonly deviceId: string; readonly property: string }) {
  const { title, measure } = useCapabilityFacts({ kind: 'devices', deviceIds: [deviceId] })(property);
  // What is typed is what the device gets.
  const { sentUnit: unit } = measure;
  const client = useQueryClient();
  const twin = useQuery(twinQuery({ deviceId }));
  const [typed, setTyped] = useState<string | null>(null);
  const row = twin.data && findProperty(propertyRows(twin.data, null), property);
  const patch = useMutation({
    mutationFn: (value: unknown) =>
      consoleClient.patchTwin({ deviceId }, desiredPatch(row?.component ?? null, row?.name ?? property, value)),
    onSuccess: (changed) => {
      client.setQueryData(twinQuery({ deviceId }).queryKey, (shown) => newerTwin(shown, changed));
      setTyped(null);
    },
  });
  const now = row === undefined ? '' : formatValue(row.desired ?? row.reported ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== null) patch.mutate(typedValue(typed));
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        size="xs"
        label={unit === null ? title : `${title} (${unit})`}
        value={typed ?? now}
        onChange={(event) => setTyped(event.currentTarget.value)}
        rightSectionWidth={62}
        rightSection={
          <Button size="compact-xs" type="submit" disabled={typed === null || typed === now} loading={patch.isPending}>
            Set
          </Button>
        }
      />
      {row !== undefined && <PropertyStateBadge row={row} />}
      {patch.isError && <ProblemAlert error={patch.error} />}
    </form>
  );
}

/** JSON where it is some, else the text itself: 21.5 is a number and `eco` needs no quotes. */
function typedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
