import classes from './palette.module.css';
import type { CommandGroup, PaletteCommand } from './palette-command.ts';

interface PaletteListProps {
  /** An option's is this one, a colon and its command's. */
  readonly id: string;
  readonly groups: readonly CommandGroup[];
  readonly selected: PaletteCommand | undefined;
  readonly onChoose: (command: PaletteCommand) => void;
  readonly onRun: (command: PaletteCommand) => void;
}

/** What was found, in its groups. The focus stays in the field. */
export function PaletteList({ id, groups, selected, onChoose, onRun }: PaletteListProps) {
  if (groups.length === 0) return null;
  return (
    <div id={id} role="listbox" aria-label="Found" className={classes.list}>
      {groups.map(({ name, commands }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
        <div key={name} role="group" aria-labelledby={`${id}:${name}`}>
          <div id={`${id}:${name}`} className={classes.group}>
            {name}
          </div>
          {commands.map((command) => (
            <PaletteOption
              key={command.id}
              id={`${id}:${command.id}`}
              command={command}
              isSelected={command === selected}
              onChoose={() => onChoose(command)}
              onRun={() => onRun(command)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface PaletteOptionProps {
  readonly id: string;
  readonly command: PaletteCommand;
  readonly isSelected: boolean;
  readonly onChoose: () => void;
  readonly onRun: () => void;
}

function PaletteOption({ id, command, isSelected, onChoose, onRun }: PaletteOptionProps) {
  const { title, hint, icon: Glyph } = command;
  return (
    <button
      type="button"
      id={id}
      role="option"
      aria-selected={isSelected}
      tabIndex={-1}
      className={classes.option}
      ref={isSelected ? scrollIntoSight : null}
      onMouseDown={(event) => event.preventDefault()}
      // What scrolls under a mouse at rest is not chosen by it.
      onMouseMove={isSelected ? undefined : onChoose}
      onClick={onRun}
    >
      <Glyph size={18} stroke={1.6} className="quiet" aria-hidden="true" />
      <span className={classes.title}>{title}</span>
      {hint !== undefined && hint !== title && <span className={classes.hint}>{hint}</span>}
    </button>
  );
}

function scrollIntoSight(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: 'nearest' });
}
