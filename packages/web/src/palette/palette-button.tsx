import { Kbd, UnstyledButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import classes from './palette-button.module.css';

const load = () => import('./palette.tsx');
const Palette = lazy(async () => ({ default: (await load()).Palette }));
/** Loaded when the page is at rest, so that what is typed right behind Ctrl-K is not lost; or with the first use. */
const AT_REST_MS = 3_000;

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Opens the command palette: by a click, or by Ctrl-K (⌘K) from anywhere, fields included. */
export function PaletteButton() {
  /** Undefined until it is asked for. */
  const [isOpen, setOpen] = useState<boolean>();
  const open = () => setOpen(true);
  useHotkeys([['mod+K', open]], []);
  useEffect(() => {
    const timer = setTimeout(() => void load(), AT_REST_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <UnstyledButton className={classes.button} onClick={open} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={16} stroke={1.6} aria-hidden="true" />
        <span className={classes.words}>Search</span>
        <Kbd size="xs" className={classes.keys} aria-hidden="true">
          {IS_APPLE ? '⌘K' : 'Ctrl K'}
        </Kbd>
      </UnstyledButton>
      {isOpen !== undefined && (
        <Suspense>
          <Palette opened={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
