import {
  type Icon,
  IconAdjustments,
  IconApi,
  IconCertificate,
  IconChartLine,
  IconChecklist,
  IconDevices,
  IconDoorEnter,
  IconHome,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
  IconMap2,
  IconMessages,
  IconRoute,
  IconSchema,
  IconServer2,
  IconStack2,
  IconUsersGroup,
} from '@tabler/icons-react';

/** A page of the navigation. Its address is the router's, so a page that is gone does not compile. */
interface NavigationPage {
  readonly to:
    | '/'
    | '/devices'
    | '/models'
    | '/map'
    | '/explorer'
    | '/dashboards'
    | '/groups'
    | '/query'
    | '/jobs'
    | '/configurations'
    | '/routing'
    | '/events'
    | '/enrollments'
    | '/attempts'
    | '/linked-hubs'
    | '/certificates'
    | '/tokens'
    | '/api-tokens';
  readonly title: string;
  readonly icon: Icon;
}

interface NavigationGroup {
  /** Null for what stands before all groups. */
  readonly title: string | null;
  readonly pages: readonly NavigationPage[];
}

/** What the console has, by what one came for: the devices, their messages, how devices come, or who may come in. */
export const NAVIGATION: readonly NavigationGroup[] = [
  { title: null, pages: [{ to: '/', title: 'Overview', icon: IconHome }] },
  {
    title: 'Fleet',
    pages: [
      { to: '/devices', title: 'Devices', icon: IconDevices },
      { to: '/groups', title: 'Groups', icon: IconStack2 },
      { to: '/models', title: 'Models', icon: IconSchema },
      { to: '/map', title: 'Map', icon: IconMap2 },
      { to: '/query', title: 'Query', icon: IconListSearch },
      { to: '/jobs', title: 'Jobs', icon: IconChecklist },
      { to: '/configurations', title: 'Configurations', icon: IconAdjustments },
    ],
  },
  {
    title: 'Insight',
    pages: [
      { to: '/explorer', title: 'Explorer', icon: IconChartLine },
      { to: '/dashboards', title: 'Dashboards', icon: IconLayoutDashboard },
    ],
  },
  {
    title: 'Messages',
    pages: [
      { to: '/events', title: 'Events', icon: IconMessages },
      { to: '/routing', title: 'Routing', icon: IconRoute },
    ],
  },
  {
    title: 'Provisioning',
    pages: [
      { to: '/enrollments', title: 'Enrolments', icon: IconUsersGroup },
      { to: '/attempts', title: 'Attempts', icon: IconDoorEnter },
      { to: '/linked-hubs', title: 'Linked hubs', icon: IconServer2 },
    ],
  },
  {
    title: 'Access',
    pages: [
      { to: '/certificates', title: 'Certificates', icon: IconCertificate },
      { to: '/tokens', title: 'Access tokens', icon: IconKey },
      { to: '/api-tokens', title: 'API tokens', icon: IconApi },
    ],
  },
];
