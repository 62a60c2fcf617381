import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, useEffect, useState } from 'react';
import classes from './palette.module.css';
import type { PaletteCommand } from './palette-command.ts';
import { usePaletteCommands } from './use-palette-commands.ts';

const [store, palette] = createSpotlight();

interface PaletteProps {
  /** Counts how often it was asked for: each time it opens. */
  readonly opened: number;
}

/** One field for everything that has a name: devices, models, groups, dashboards, pages, and what one may begin. */
export function Palette({ opened }: PaletteProps) {
  const [typed, setTyped] = useState('');
  useEffect(() => {
    if (opened === 0) return;
    // Reopened while it was closing, it would go on with what was typed before.
    setTyped('');
    palette.open();
  }, [opened]);
  return (
    <Spotlight.Root
      store={store}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      scrollable
      maxHeight="min(460px, 70dvh)"
      lockScroll={false}
      attributes={{ content: { 'aria-label': 'Search' } }}
      // Somebody who is quick opens it again while it would still be closing.
      transitionProps={{ duration: 0 }}
    >
      <Spotlight.Search
        aria-label="Search devices, models, groups, dashboards, pages and actions"
        placeholder="Search devices, pages, actions…"
        leftSection={<IconSearch size={18} stroke={1.6} aria-hidden="true" />}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && typed !== '' && openFirst(currentTarget)}
      />
      <Found typed={typed} />
    </Spotlight.Root>
  );
}

function Found({ typed }: { readonly typed: string }) {
  const { commands, isSearching } = usePaletteCommands(typed);
  const navigate = useNavigate();
  const run = ({ to, search }: PaletteCommand) => void navigate({ to, ...(search === undefined ? {} : { search }) });
  const groups = [...new Set(commands.map(({ group }) => group))];
  const shown = commands.map(({ id }) => id).join();
  // What is found first is what Enter opens. Before anything is typed, Enter does nothing.
  useEffect(() => {
    if (typed !== '' && shown !== '') selectFirst();
  }, [typed, shown]);
  return (
    <Spotlight.ActionsList>
      {groups.map((name) => (
        <Fragment key={name}>
          <Spotlight.ActionsGroup label={name}>
            {commands
              .filter(({ group }) => group === name)
              .map((command) => (
                <Action key={command.id} command={command} onRun={run} />
              ))}
          </Spotlight.ActionsGroup>
        </Fragment>
      ))}
      {commands.length === 0 && (
        <Spotlight.Empty role="status">{isSearching ? 'Searching…' : 'Nothing is called that.'}</Spotlight.Empty>
      )}
    </Spotlight.ActionsList>
  );
}

interface ActionProps {
  readonly command: PaletteCommand;
  readonly onRun: (command: PaletteCommand) => void;
}

function Action({ command, onRun }: ActionProps) {
  const { title, hint, icon: Glyph } = command;
  return (
    <Spotlight.Action onClick={() => onRun(command)}>
      <Glyph size={18} stroke={1.6} className="quiet" aria-hidden="true" />
      <span className={classes.title}>{title}</span>
      {hint !== undefined && hint !== title && <span className={classes.hint}>{hint}</span>}
    </Spotlight.Action>
  );
}

/** Where the store has lost its list, as when the palette is opened again in a moment, Enter would open nothing. */
function openFirst(field: HTMLElement): void {
  const known = document.getElementById(store.getState().listId)?.querySelector('[data-selected]');
  if (known) return;
  const dialog = field.closest('[role="dialog"]');
  const chosen = dialog?.querySelector('[data-selected]') ?? dialog?.querySelector('[data-action]');
  if (chosen instanceof HTMLElement) chosen.click();
}

/** As an arrow key would: the store counts, and the list marks its element. */
function selectFirst(): void {
  store.updateState((state) => ({ ...state, selected: 0 }));
  const list = document.getElementById(store.getState().listId);
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected');
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
}
