import type { AccessRole } from '@viaduct/contracts';

/** What each role may do, in words. */
export const ROLE_WORDS: Readonly<Record<AccessRole, { readonly title: string; readonly text: string }>> = {
  dataContributor: {
    title: 'Everything',
    text: 'Devices, twins, methods, messages, files, jobs, configurations.',
  },
  dataReader: { title: 'Read only', text: 'Reads all of that and changes nothing.' },
  registryContributor: { title: 'Registry', text: 'Devices and modules, their keys and thumbprints.' },
  twinContributor: { title: 'Twins', text: 'Twins and digital twins, and queries for them.' },
};
