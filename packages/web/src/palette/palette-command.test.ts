import { IconHome } from '@tabler/icons-react';
import { describe, expect, it } from 'vitest';
import { inGroups, matching, type PaletteCommand, selectedIn, stepFrom } from './palette-command.ts';

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

describe('what is selected', () => {
  const [hubs, add, devices, groups] = COMMANDS;

  it('is the first that was found, and nothing before anything is typed', () => {
    expect(selectedIn(COMMANDS, undefined, 'h')).toBe(hubs);
    expect(selectedIn(COMMANDS, undefined, ' ')).toBeUndefined();
  });

  it('is what was chosen, for as long as it is shown', () => {
    expect(selectedIn(COMMANDS, 'Devices', 'd')).toBe(devices);
    expect(selectedIn([groups as PaletteCommand], 'Devices', 'd')).toBe(groups);
  });

  it('goes round by arrows, and to both ends', () => {
    expect(stepFrom(COMMANDS, undefined, 'ArrowDown')).toBe(hubs);
    expect(stepFrom(COMMANDS, hubs, 'ArrowDown')).toBe(add);
    expect(stepFrom(COMMANDS, groups, 'ArrowDown')).toBe(hubs);
    expect(stepFrom(COMMANDS, undefined, 'ArrowUp')).toBe(groups);
    expect(stepFrom(COMMANDS, hubs, 'ArrowUp')).toBe(groups);
    expect(stepFrom(COMMANDS, devices, 'Home')).toBe(hubs);
    expect(stepFrom(COMMANDS, devices, 'End')).toBe(groups);
    expect(stepFrom(COMMANDS, devices, 'a')).toBeUndefined();
    expect(stepFrom([], undefined, 'ArrowDown')).toBeUndefined();
  });

  it('follows the order in which the groups are shown', () => {
    const mixed: PaletteCommand[] = COMMANDS.map((each, at) => ({ ...each, group: at === 1 ? 'Actions' : 'Pages' }));
    expect(inGroups(mixed).map(({ name, commands }) => [name, commands.length])).toEqual([
      ['Pages', 3],
      ['Actions', 1],
    ]);
  });
});
