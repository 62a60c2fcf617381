import type { Icon } from '@tabler/icons-react';

/** Something the palette leads to. */
export interface PaletteCommand {
  readonly id: string;
  readonly group: 'Devices' | 'Groups' | 'Models' | 'Dashboards' | 'Pages' | 'Actions';
  readonly title: string;
  /** Beside the title: the id of what has a name, or the group of a page. */
  readonly hint?: string;
  /** Other words that find it. */
  readonly keywords?: string;
  readonly icon: Icon;
  /** An address of this console, as the router knows it. */
  readonly to: string;
  readonly search?: Readonly<Record<string, unknown>>;
}

/**
 * Those that hold every word that was typed, in any order; those whose title begins with it first. What the server searched for itself is
 * not asked again.
 */
export function matching(commands: readonly PaletteCommand[], typed: string): readonly PaletteCommand[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  const found = commands.filter((command) => words.every((word) => textOf(command).includes(word)));
  const [first = ''] = words;
  return found.toSorted((a, b) => Number(startsWith(b, first)) - Number(startsWith(a, first)));
}

export interface CommandGroup {
  readonly name: PaletteCommand['group'];
  readonly commands: readonly PaletteCommand[];
}

/** As they are shown: each group where its first command stands. */
export function inGroups(commands: readonly PaletteCommand[]): readonly CommandGroup[] {
  const names = [...new Set(commands.map(({ group }) => group))];
  return names.map((name) => ({ name, commands: commands.filter(({ group }) => group === name) }));
}

/**
 * What Enter opens: what an arrow or the mouse chose, as long as it is shown; else the first, once something is typed.
 */
export function selectedIn(
  shown: readonly PaletteCommand[],
  chosenId: string | undefined,
  typed: string,
): PaletteCommand | undefined {
  return shown.find(({ id }) => id === chosenId) ?? (typed.trim() === '' ? undefined : shown[0]);
}

/** Where a key leads from what is selected; round and round. Nowhere for any other key. */
export function stepFrom(
  shown: readonly PaletteCommand[],
  selected: PaletteCommand | undefined,
  key: string,
): PaletteCommand | undefined {
  const at = selected === undefined ? -1 : shown.indexOf(selected);
  switch (key) {
    case 'ArrowDown':
      return shown[(at + 1) % shown.length];
    case 'ArrowUp':
      return shown.at(at <= 0 ? -1 : at - 1);
    case 'Home':
      return shown[0];
    case 'End':
      return shown.at(-1);
    default:
      return undefined;
  }
}

function textOf({ title, hint = '', keywords = '' }: PaletteCommand): string {
  return `${title} ${hint} ${keywords}`.toLowerCase();
}

function startsWith({ title }: PaletteCommand, word: string): boolean {
  return title.toLowerCase().startsWith(word);
}
