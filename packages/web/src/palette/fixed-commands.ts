import { IconChecklist, IconPlayerPlay, IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { NAVIGATION } from '../ui/navigation.ts';
import type { PaletteCommand } from './palette-command.ts';

/** Every page of the navigation, and what one may begin from anywhere. */
export const FIXED_COMMANDS: readonly PaletteCommand[] = [
  ...NAVIGATION.flatMap(({ title: area, pages }) =>
    pages.map(({ to, title, icon }): PaletteCommand => {
      return { id: `page:${to}`, group: 'Pages', title, icon, to, ...(area === null ? {} : { hint: area }) };
    }),
  ),
  {
    id: 'action:add-device',
    group: 'Actions',
    title: 'Add a device',
    keywords: 'create new connect',
    icon: IconPlus,
    to: '/devices',
    search: { add: true },
  },
  {
    id: 'action:simulate',
    group: 'Actions',
    title: 'Simulate devices',
    keywords: 'simulation fake demo test',
    icon: IconPlayerPlay,
    to: '/devices',
    search: { simulate: true },
  },
  {
    id: 'action:enrol',
    group: 'Actions',
    title: 'Let many devices in',
    keywords: 'enrolment group provisioning new',
    icon: IconUsersGroup,
    to: '/enrollments/new',
  },
  {
    id: 'action:job',
    group: 'Actions',
    title: 'New job',
    keywords: 'bulk update method twins',
    icon: IconChecklist,
    to: '/jobs/new',
  },
];
