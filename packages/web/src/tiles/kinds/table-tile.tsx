import { Link } from '@tanstack/react-router';
import { Age } from '../../ui/age.tsx';
import { ConditionBadge } from '../condition-badge.tsx';
import { Scroll } from '../scroll.tsx';
import { conditionFor } from '../tile-conditions.ts';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { type LastValue, useLastValues } from '../use-last-values.ts';
import { textStyle } from './text-style.ts';

/** A row a device, a column a capability: what each said last. */
export function TableTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ConfigurationOf<'table'>;
}) {
  const { values, ...series } = useLastValues(configuration, 'device');
  const rows = byDevice(values).slice(0, configuration.limit);
  return (
    <TileState {...series} isEmpty={rows.length === 0}>
      <Scroll label={title} style={textStyle(configuration.format ?? {})}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Device</th>
              {series.capabilities.map(({ capability }) => (
                <th key={capability} scope="col">
                  {series.facts(capability).title}
                </th>
              ))}
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ device, label, cells }) => (
              <tr key={device}>
                <th scope="row">
                  <Link to="/devices/$deviceId" params={{ deviceId: device }}>
                    {label}
                  </Link>
                </th>
                {series.capabilities.map(({ capability }) => {
                  const cell = cells.find((one) => one.capability === capability);
                  return (
                    <td key={capability} className="number" title={cell?.sentIn}>
                      {tileText(cell?.value, cell?.unit ?? null, configuration.format)}{' '}
                      <ConditionBadge
                        condition={conditionFor(configuration.extension?.conditions, capability, cell?.value)}
                      />
                    </td>
                  );
                })}
                <td className={classes.when}>
                  <Age at={newestOf(cells)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </TileState>
  );
}

function byDevice(values: readonly LastValue[]) {
  const rows = new Map<string, { device: string; label: string; cells: LastValue[] }>();
  for (const value of values) {
    const row = rows.get(value.line) ?? { device: value.line, label: value.lineLabel, cells: [] };
    row.cells.push(value);
    rows.set(value.line, row);
  }
  return [...rows.values()].sort((a, b) => a.label.localeCompare(b.label));
}

function newestOf(cells: readonly LastValue[]): number | null {
  return cells.reduce<number | null>(
    (newest, { atMs }) => (atMs === null ? newest : Math.max(newest ?? 0, atMs)),
    null,
  );
}
