import type { AccessRole } from '@viaduct/contracts';

/** What requests are about. `management` is the hub itself: authorities, consumer groups, routes, access tokens. */
export type AccessSubject =
  | 'registry'
  | 'twins'
  | 'methods'
  | 'messages'
  | 'files'
  | 'jobs'
  | 'configurations'
  | 'management';

export interface AccessAction {
  readonly subject: AccessSubject;
  readonly verb: 'read' | 'write';
}

interface Grant {
  readonly subjects: ReadonlySet<AccessSubject>;
  readonly verbs: ReadonlySet<AccessAction['verb']>;
}

const BOTH = new Set(['read', 'write'] as const);
const OF_BACK_ENDS: ReadonlySet<AccessSubject> = new Set([
  'registry',
  'twins',
  'methods',
  'messages',
  'files',
  'jobs',
  'configurations',
]);

/** Source: Azure built-in roles "IoT Hub Data Contributor", "… Data Reader", "… Registry Contributor", "… Twin Contributor". */
const ROLES: Readonly<Record<AccessRole, Grant>> = {
  dataContributor: { subjects: OF_BACK_ENDS, verbs: BOTH },
  dataReader: { subjects: OF_BACK_ENDS, verbs: new Set(['read']) },
  registryContributor: { subjects: new Set(['registry']), verbs: BOTH },
  twinContributor: { subjects: new Set(['twins']), verbs: BOTH },
};

export function roleGrants(role: AccessRole, { subject, verb }: AccessAction): boolean {
  const { subjects, verbs } = ROLES[role];
  return subjects.has(subject) && verbs.has(verb);
}
