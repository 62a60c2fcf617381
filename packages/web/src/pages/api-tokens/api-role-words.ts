import type { ApiRole } from '@viaduct/contracts';

/** What each role may do, in words. */
export const API_ROLE_WORDS: Readonly<Record<ApiRole, { readonly title: string; readonly text: string }>> = {
  administrator: { title: 'Administrator', text: 'Everything, tokens and enrolment groups included.' },
  builder: { title: 'Builder', text: 'Devices, their models, dashboards, queries.' },
  operator: { title: 'Operator', text: 'Devices, commands, groups, queries; dashboards to look at.' },
};
