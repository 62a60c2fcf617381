import { HubError } from '@viaduct/contracts';
import type { KnowsItsNames } from '@viaduct/hub';
import type {
  AllocationPolicy,
  AsksWebhooks,
  EnrollmentRecord,
  KeepsLinkedHubs,
  KeepsSettings,
  LinkedHubRecord,
  MeasuresLatency,
  PendingAssignment,
  RegistrationRecord,
} from '../ports.ts';
import { askWebhook } from './ask-webhook.ts';
import { hashHub } from './hash-hub.ts';
import { nearestHub } from './nearest-hub.ts';

/** Which hub, and what an allocation webhook wants the device to have there. */
export interface Allocation {
  readonly hub: LinkedHubRecord;
  readonly initialTwin?: EnrollmentRecord['initialTwin'];
  readonly payload?: unknown;
}

export interface AllocationQuestion {
  readonly record: RegistrationRecord;
  readonly pending: PendingAssignment;
  readonly enrollment: EnrollmentRecord;
  readonly signal: AbortSignal;
}

export type Allocates = KeepsSettings & KeepsLinkedHubs & KnowsItsNames & MeasuresLatency & AsksWebhooks;

/**
 * Chooses the hub of a device, by the policy of its enrolment or else of the service, among the linked hubs that the enrolment allows.
 *
 * @throws HubError registration.hubMissing, allocation.*
 */
export async function allocateHub(p: Allocates, question: AllocationQuestion): Promise<Allocation> {
  const { enrollment, record, signal } = question;
  const policy = enrollment.allocationPolicy ?? (await p.settings.get()).allocationPolicy;
  const allowed = await allowedHubs(p, enrollment);
  if (policy === 'custom') return askWebhook(p, question, allowed);
  const hub = policy === 'static' ? theOne(allowed, enrollment) : await choose(p, policy, allowed, record, signal);
  if (hub !== undefined) return { hub };
  throw new HubError('registration.hubMissing', missingText(policy, allowed, enrollment));
}

async function allowedHubs(p: Allocates, { iotHubs }: EnrollmentRecord): Promise<readonly LinkedHubRecord[]> {
  const linked = await p.linkedHubs.list();
  return iotHubs.length === 0 ? linked : linked.filter((hub) => iotHubs.some((name) => isNamed(p, hub, name)));
}

/** The hub of this server goes by each of its names. */
function isNamed({ hostNames }: KnowsItsNames, { hostName, kind }: LinkedHubRecord, name: string): boolean {
  const wanted = name.toLowerCase();
  return wanted === hostName || (kind === 'local' && hostNames.includes(wanted));
}

/** The first that the enrolment names; where it names none, there must be no choice. */
function theOne(allowed: readonly LinkedHubRecord[], { iotHubs }: EnrollmentRecord): LinkedHubRecord | undefined {
  const [only, ...others] = allowed;
  return iotHubs.length === 0 && others.length > 0 ? undefined : only;
}

function choose(
  p: Allocates,
  policy: Exclude<AllocationPolicy, 'custom' | 'static'>,
  allowed: readonly LinkedHubRecord[],
  { registrationId }: RegistrationRecord,
  signal: AbortSignal,
): Promise<LinkedHubRecord | undefined> | LinkedHubRecord | undefined {
  const open = allowed.filter(({ takesNewDevices }) => takesNewDevices);
  return policy === 'hashed' ? hashHub(open, registrationId) : nearestHub(p, open, registrationId, signal);
}

function missingText(
  policy: AllocationPolicy,
  allowed: readonly LinkedHubRecord[],
  { id, iotHubs }: EnrollmentRecord,
): string {
  if (allowed.length === 0) return `none of the hubs that the enrolment "${id}" names is linked: ${iotHubs.join(', ')}`;
  if (policy === 'static')
    return `the enrolment "${id}" is allocated statically and names none of ${allowed.length} hubs`;
  return `none of the ${allowed.length} hubs that the enrolment "${id}" allows takes new devices or can be reached`;
}
