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

function textOf({ title, hint = '', keywords = '' }: PaletteCommand): string {
  return `${title} ${hint} ${keywords}`.toLowerCase();
}

function startsWith({ title }: PaletteCommand, word: string): boolean {
  return title.toLowerCase().startsWith(word);
}
