import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import classes from './palette.module.css';
import { inGroups, type PaletteCommand, selectedIn, stepFrom } from './palette-command.ts';
import { PaletteList } from './palette-list.tsx';
import { usePaletteCommands } from './use-palette-commands.ts';

interface PaletteProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** One field for everything that has a name: devices, models, groups, dashboards, pages, and what one may begin. */
export function Palette({ opened, onClose }: PaletteProps) {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={600}
      yOffset="12dvh"
      lockScroll={false}
      // The search returns it itself, at once: later, it might take it from a palette that was opened again.
      returnFocus={false}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label="Search" className={classes.dialog}>
        <Search onDone={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

/** Lives as long as the dialog is open: each time, it begins with an empty field. */
function Search({ onDone }: { readonly onDone: () => void }) {
  const [typed, setTyped] = useState('');
  /** By arrow or mouse; else the first that is found. Before anything is typed, Enter does nothing. */
  const [chosenId, setChosenId] = useState<string>();
  const { commands, isSearching } = usePaletteCommands(typed);
  const groups = inGroups(commands);
  const shown = groups.flatMap((group) => group.commands);
  const selected = selectedIn(shown, chosenId, typed);
  const field = useFocusWhileThere();
  const navigate = useNavigate();
  const listId = useId();

  const run = ({ to, search }: PaletteCommand) => {
    onDone();
    void navigate({ to, ...(search === undefined ? {} : { search }) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && selected !== undefined) run(selected);
    const next = stepFrom(shown, selected, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setChosenId(next.id);
  };

  return (
    <>
      <div className={classes.search}>
        <IconSearch size={18} stroke={1.6} className="quiet" aria-hidden="true" />
        <input
          ref={field}
          data-autofocus
          className={classes.field}
          role="combobox"
          aria-label="Search devices, models, groups, dashboards, pages and actions"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-expanded={shown.length > 0}
          {...(shown.length > 0 && { 'aria-controls': listId })}
          {...(selected !== undefined && { 'aria-activedescendant': `${listId}:${selected.id}` })}
          placeholder="Search devices, pages, actions…"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            setChosenId(undefined);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <PaletteList id={listId} groups={groups} selected={selected} onChoose={({ id }) => setChosenId(id)} onRun={run} />
      <p role="status" className={classes.nothing}>
        {shown.length > 0 ? '' : isSearching ? 'Searching…' : 'Nothing is called that.'}
      </p>
    </>
  );
}

/** Takes the focus before the next key, and gives it back to what had it. */
function useFocusWhileThere() {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const former = document.activeElement;
    field.current?.focus();
    return () => {
      if (former instanceof HTMLElement) former.focus();
    };
  }, []);
  return field;
}
