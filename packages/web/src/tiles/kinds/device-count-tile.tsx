import { useQuery } from '@tanstack/react-query';
import type { SeriesSource } from '@viaduct/contracts';
import { countDevices } from '../count-devices.ts';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { resolveSource } from '../tile-source.ts';
import { TileState } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { textStyle } from './text-style.ts';

const EVERYBODY: SeriesSource = { kind: 'all' };
const REFRESH_MS = 15_000;

/** How many devices there are, or are in a group. */
export function DeviceCountTile({ configuration }: { readonly configuration: ConfigurationOf<'deviceCount'> }) {
  const { group = '', format = {} } = configuration;
  const { variables } = useTileSurroundings();
  const resolved = resolveSource({ group }, variables);
  const source = resolved.kind === 'source' ? resolved.source : EVERYBODY;
  const count = useQuery({
    queryKey: ['device-count', source],
    queryFn: () => countDevices(source),
    enabled: resolved.kind === 'source',
    refetchInterval: REFRESH_MS,
  });
  return (
    <TileState
      missing={resolved.kind === 'missing' ? resolved.title : null}
      isPending={count.isPending}
      problem={count.error}
      isEmpty={count.data === undefined}
    >
      <p className={classes.label} style={{ margin: 0 }}>
        <span className={classes.figureValue} style={textStyle(format)}>
          {tileText(count.data, count.data === 1 ? 'device' : 'devices', format)}
        </span>
      </p>
    </TileState>
  );
}
