import { CloseButton, NativeSelect, Stack, TextInput } from '@mantine/core';
import type { DashboardVariable, QueryRange, TileConfiguration, TileType } from '@viaduct/contracts';
import type { DrawnTile } from '../../tiles/tile-configuration.ts';
import { newConfiguration, TILE_KINDS } from '../../tiles/tile-kinds.ts';
import { resolveSource } from '../../tiles/tile-source.ts';
import { useTileSurroundings } from '../../tiles/tile-surroundings.ts';
import { useVocabulary } from '../../tiles/use-vocabulary.ts';
import { durationWords } from '../../time-range/duration.ts';
import { CapabilitiesField } from './capabilities-field.tsx';
import { ConditionsField } from './conditions-field.tsx';
import classes from './dashboards.module.css';
import { DeviceFields } from './device-fields.tsx';
import { FormatFields } from './format-fields.tsx';
import { SourceField } from './source-field.tsx';
import { StaticFields } from './static-fields.tsx';
import type { FieldsProps, LooseConfiguration } from './tile-fields.ts';

interface TilePanelProps {
  readonly tile: DrawnTile;
  readonly variables: readonly DashboardVariable[];
  readonly onChange: (tile: DrawnTile) => void;
  readonly onClose: () => void;
}

/** The settings of one tile; each change is seen at once. */
export function TilePanel({ tile, variables, onChange, onClose }: TilePanelProps) {
  const configuration = tile.configuration as unknown as LooseConfiguration;
  const { needs } = TILE_KINDS[tile.configuration.type];
  const vocabulary = useTileVocabulary(configuration);
  const change = (part: Readonly<Record<string, unknown>>) =>
    onChange({ ...tile, configuration: without({ ...configuration, ...part }) });
  const fields = { configuration, onChange: change, variables };
  const isProperty = ['property', 'mapProperty'].includes(configuration.type);
  const names = isProperty ? vocabulary.properties : vocabulary.telemetry;
  return (
    <aside className={`card ${classes.panel}`} aria-label="Settings of the tile">
      <div className={classes.bar}>
        <h2 className={classes.title}>Tile</h2>
        <CloseButton aria-label="Close the settings" onClick={onClose} />
      </div>
      <Stack gap="sm">
        <TextInput
          size="xs"
          label="Title"
          value={tile.displayName}
          onChange={(event) => onChange({ ...tile, displayName: event.currentTarget.value })}
        />
        <NativeSelect
          size="xs"
          label="Kind"
          value={configuration.type}
          data={Object.entries(TILE_KINDS).map(([value, { title }]) => ({ value, label: title }))}
          onChange={(event) =>
            onChange({
              ...tile,
              configuration: newConfiguration(event.currentTarget.value as TileType, tile.configuration),
            })
          }
        />
        {(needs.includes('source') || needs.includes('group')) && (
          <SourceField {...fields} hasDevices={needs.includes('source')} />
        )}
        {needs.includes('device') && <DeviceFields {...fields} vocabulary={vocabulary} />}
        {needs.includes('values') && <CapabilitiesField {...fields} names={names} />}
        {needs.includes('range') && <RangeField {...fields} />}
        <StaticFields {...fields} />
        <FormatFields {...fields} needs={needs} />
        {needs.includes('conditions') && <ConditionsField {...fields} names={vocabulary.telemetry} />}
      </Stack>
    </aside>
  );
}

/** Of the devices it shows, by the variables' values of now. */
function useTileVocabulary({ group, devices, device }: LooseConfiguration) {
  const { variables } = useTileSurroundings();
  const named = typeof device === 'string' && device !== '' ? [device] : ((devices ?? []) as readonly string[]);
  const resolved = resolveSource({ group: typeof group === 'string' ? group : '', devices: named }, variables);
  return useVocabulary(resolved.kind === 'source' ? resolved.source : { kind: 'all' });
}

/** What was taken back is left out, for an absent member and an undefined one are not the same to the server. */
function without(configuration: LooseConfiguration): TileConfiguration {
  const known = Object.entries(configuration).filter(([, value]) => value !== undefined && value !== '');
  const kept = Object.fromEntries(known);
  // These are asked for even where they are empty.
  const texts = ['group', 'device', 'command', 'text', 'description', 'sourceUrl'].filter(
    (name) => configuration[name] === '',
  );
  return { ...kept, ...Object.fromEntries(texts.map((name) => [name, ''])) } as unknown as TileConfiguration;
}

const DURATIONS = ['PT30M', 'PT1H', 'PT12H', 'P1D', 'P1W', 'P30D'];
const RESOLUTIONS = ['PT1M', 'PT5M', 'PT10M', 'PT30M', 'PT1H', 'PT12H', 'P1D', 'P1W'];
const COUNT = 100;

/** The tile's own time, for as long as the page has none. */
function RangeField({ configuration, onChange }: FieldsProps) {
  const range = configuration.queryRange as QueryRange | undefined;
  const canCount = configuration.type === 'lineChart';
  const duration = range?.type === 'time' ? range.duration : 'count';
  return (
    <>
      <NativeSelect
        size="xs"
        label="Time, where the page has none"
        value={duration}
        data={[
          ...DURATIONS.map((value) => ({ value, label: `Last ${durationWords(value).replace(/^1 /, '')}` })),
          ...(canCount ? [{ value: 'count', label: `The newest ${COUNT} points` }] : []),
        ]}
        onChange={(event) => {
          const { value } = event.currentTarget;
          onChange({
            queryRange:
              value === 'count'
                ? { type: 'count', count: COUNT }
                : { ...range, type: 'time', duration: value, count: undefined },
          });
        }}
      />
      {range?.type === 'time' && (
        <NativeSelect
          size="xs"
          label="Resolution"
          value={range.resolution ?? ''}
          data={[
            { value: '', label: 'What fits' },
            ...RESOLUTIONS.map((value) => ({ value, label: durationWords(value) })),
          ]}
          onChange={(event) => {
            const resolution = event.currentTarget.value;
            onChange({
              queryRange: { type: 'time', duration: range.duration, ...(resolution === '' ? {} : { resolution }) },
            });
          }}
        />
      )}
    </>
  );
}
