import { IconHome } from '@tabler/icons-react';
import { describe, expect, it } from 'vitest';
import { matching, type PaletteCommand } from './palette-command.ts';

const command = (title: string, keywords = ''): PaletteCommand => {
  return { id: title, group: 'Pages', title, keywords, icon: IconHome, to: '/' };
};
const COMMANDS = [
  command('Linked hubs'),
  command('Add device', 'create new'),
  command('Devices'),
  command('Device groups'),
];
const found = (typed: string) => matching(COMMANDS, typed).map(({ title }) => title);

describe('matching', () => {
  it('finds by every word, in any order and case', () => {
    expect(found('DEV add')).toEqual(['Add device']);
    expect(found('new')).toEqual(['Add device']);
    expect(found('hub device')).toEqual([]);
  });

  it('puts first what begins with what was typed', () => {
    expect(found('dev')).toEqual(['Devices', 'Device groups', 'Add device']);
  });

  it('shows everything before anything is typed', () => {
    expect(found(' ')).toHaveLength(COMMANDS.length);
  });
});
