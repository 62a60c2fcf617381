import { type Icon, IconCertificate, IconDevices, IconHome, IconListSearch, IconMessages } from '@tabler/icons-react';

/** A page of the navigation. Its address is the router's, so a page that is gone does not compile. */
interface NavigationPage {
  readonly to: '/' | '/devices' | '/query' | '/events' | '/certificates';
  readonly title: string;
  readonly icon: Icon;
}

interface NavigationGroup {
  /** Null for what stands before all groups. */
  readonly title: string | null;
  readonly pages: readonly NavigationPage[];
}

/** What the console has, by what one came for: the devices, their messages, or who may come in. */
export const NAVIGATION: readonly NavigationGroup[] = [
  { title: null, pages: [{ to: '/', title: 'Overview', icon: IconHome }] },
  {
    title: 'Fleet',
    pages: [
      { to: '/devices', title: 'Devices', icon: IconDevices },
      { to: '/query', title: 'Query', icon: IconListSearch },
    ],
  },
  { title: 'Messages', pages: [{ to: '/events', title: 'Events', icon: IconMessages }] },
  { title: 'Access', pages: [{ to: '/certificates', title: 'Certificates', icon: IconCertificate }] },
];
