import { Button } from '@mantine/core';
import type { TwinVersionRow } from '@viaduct/contracts';
import { useId } from 'react';
import { Age } from '../../../ui/age.tsx';
import { formatMoment } from '../../../ui/format.ts';
import classes from './history.module.css';

interface VersionSliderProps {
  readonly label: string;
  /** Oldest first. */
  readonly rows: readonly TwinVersionRow[];
  readonly at: number;
  readonly note?: string | undefined;
  readonly onMove: (index: number) => void;
  readonly onReset?: (() => void) | undefined;
}

/** A place among versions, by hand or by the arrow keys; what stands there is said in words. */
export function VersionSlider({ label, rows, at, note, onMove, onReset }: VersionSliderProps) {
  const id = useId();
  const row = rows[at];
  if (row === undefined) return null;
  return (
    <div className={classes.version}>
      <label htmlFor={id}>
        {label} <strong className="number">{row.version}</strong>
        {note !== undefined && <span className="quiet"> ({note})</span>}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={rows.length - 1}
        step={1}
        value={at}
        aria-valuetext={`version ${row.version}, ${formatMoment(row.at)}, ${changeWords(row)}`}
        onChange={(event) => onMove(Number(event.currentTarget.value))}
      />
      <p className={classes.facts}>
        <Age at={row.at} /> · {changeWords(row)}
        {onReset !== undefined && (
          <Button size="compact-xs" variant="subtle" onClick={onReset}>
            The one before
          </Button>
        )}
      </p>
    </div>
  );
}

const PATHS_SHOWN = 4;

function changeWords({ section, sectionVersion, paths }: TwinVersionRow): string {
  const names = paths.slice(0, PATHS_SHOWN).join(', ');
  const more = paths.length > PATHS_SHOWN ? ` and ${paths.length - PATHS_SHOWN} more` : '';
  return `${section}${sectionVersion === null ? '' : ` ${sectionVersion}`}${names === '' ? '' : `: ${names}${more}`}`;
}
