import type { DashboardVariable } from '@viaduct/contracts';
import type { TileVariables } from '../../tiles/tile-source.ts';
import classes from './dashboards.module.css';
import { DeviceSelect } from './device-select.tsx';
import { GroupSelect } from './group-select.tsx';
import { TemplateSelect } from './template-select.tsx';

interface VariablesBarProps {
  readonly variables: readonly DashboardVariable[];
  readonly values: TileVariables;
  readonly onChoose: (name: string, value: string) => void;
}

/** What the viewer chooses: the device, or the group, that the tiles are about. */
export function VariablesBar({ variables, values, onChoose }: VariablesBarProps) {
  if (variables.length === 0) return null;
  return (
    <div className={classes.bar}>
      {variables.map(({ name, displayName = name, kind }) => {
        const value = values[name]?.value ?? '';
        const choose = (chosen: string) => onChoose(name, chosen);
        return (
          <div key={name} className={classes.variable}>
            {kind === 'device' && <DeviceSelect label={displayName} value={value} onChoose={choose} />}
            {kind === 'group' && <GroupSelect label={displayName} value={value} onChoose={choose} />}
            {kind === 'template' && <TemplateSelect label={displayName} value={value} onChoose={choose} />}
          </div>
        );
      })}
    </div>
  );
}
