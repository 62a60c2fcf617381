import { LIMITS, requireValidId } from '@viaduct/contracts';
import {
  isLinkLocal,
  type JsonObject,
  type MakesRandomness,
  newEtag,
  requireSectionSize,
  type TellsTime,
  validatedSection,
} from '@viaduct/hub';
import type { EnrollmentKind, EnrollmentRecord } from '../ports.ts';
import { Members } from './members.ts';
import { readAttestation } from './read-attestation.ts';

const POLICIES = ['hashed', 'geoLatency', 'static', 'custom'] as const;

/** Which member of a document has the id. */
export const ID_MEMBERS = { individual: 'registrationId', group: 'enrollmentGroupId' } as const satisfies Record<
  EnrollmentKind,
  string
>;

/**
 * An enrolment from its document, as back ends send it: whole, so that what is absent is as when it was made, but for what answers do not
 * tell (`readAttestation`). What only the service writes (etag, times, registrationState) is ignored: documents come back as they were read.
 *
 * Checks everything that can be checked without looking elsewhere; hubs, authorities and credential policies are only named.
 *
 * @throws HubError enrollment.invalid, with the path of the member
 */
export function readEnrollment(
  hub: MakesRandomness & TellsTime,
  identity: Pick<EnrollmentRecord, 'kind' | 'id'>,
  document: JsonObject,
  before?: EnrollmentRecord,
): EnrollmentRecord {
  const { kind } = identity;
  const enrollment = new Members(document);
  requireSameId(identity, enrollment);
  const now = hub.clock.now();
  const allocationPolicy = enrollment.choice('allocationPolicy', POLICIES) ?? null;
  return {
    kind,
    // As it was first written; it is the same without regard to case.
    id: before?.id ?? identity.id,
    attestation: readAttestation({ random: hub.random, kind, before: before?.attestation }, enrollment),
    status: enrollment.choice('provisioningStatus', ['enabled', 'disabled']) ?? 'enabled',
    deviceId: kind === 'individual' ? readDeviceId(enrollment) : null,
    capabilities: { iotEdge: enrollment.object('capabilities')?.boolean('iotEdge') ?? false },
    initialTwin: readInitialTwin(enrollment),
    reprovisionPolicy: readReprovisionPolicy(enrollment),
    allocationPolicy,
    iotHubs: readHubs(enrollment, allocationPolicy === 'static', before),
    customAllocation: readCustomAllocation(enrollment, allocationPolicy === 'custom'),
    credentialPolicyName: enrollment.text('credentialPolicyName') || null,
    optionalDeviceInformation: kind === 'individual' ? readDeviceInformation(enrollment) : null,
    createdTime: before?.createdTime ?? now,
    updatedTime: now,
    etag: newEtag(hub),
  };
}

function requireSameId({ kind, id }: Pick<EnrollmentRecord, 'kind' | 'id'>, enrollment: Members): void {
  const member = ID_MEMBERS[kind];
  const given = enrollment.text(member);
  if (given !== undefined && given.toLowerCase() !== id.toLowerCase()) {
    throw enrollment.refusal(
      member,
      `is ${JSON.stringify(given.slice(0, 140))}, and the path says ${JSON.stringify(id)}`,
    );
  }
}

function readDeviceId(enrollment: Members): string | null {
  const deviceId = enrollment.text('deviceId') || null;
  return deviceId && enrollment.read('deviceId', () => requireValidId(deviceId));
}

function readInitialTwin(enrollment: Members): EnrollmentRecord['initialTwin'] {
  const twin = enrollment.object('initialTwin');
  const properties = twin?.object('properties');
  const section = (of: Members | undefined, name: string, bytesMax: number) => {
    const json = of?.json(name) ?? {};
    return of?.read(name, () => {
      const values = validatedSection(json, name, 'forbidden');
      requireSectionSize(values, name, bytesMax);
      return values;
    });
  };
  return {
    tags: section(twin, 'tags', LIMITS.TWIN_TAGS_BYTES_MAX) ?? {},
    desired: section(properties, 'desired', LIMITS.TWIN_SECTION_BYTES_MAX) ?? {},
  };
}

function readReprovisionPolicy(enrollment: Members): EnrollmentRecord['reprovisionPolicy'] {
  const policy = enrollment.object('reprovisionPolicy');
  return {
    updateHubAssignment: policy?.boolean('updateHubAssignment') ?? true,
    migrateDeviceData: policy?.boolean('migrateDeviceData') ?? true,
  };
}

/**
 * The hubs that may be chosen, in lower case. `iotHubHostName` is the older member, for one; answers tell both, so a document that was read
 * and changed in one of them has the other as it was: what was changed counts.
 */
function readHubs(enrollment: Members, isStatic: boolean, before: EnrollmentRecord | undefined): readonly string[] {
  const one = enrollment.text('iotHubHostName')?.toLowerCase() || undefined;
  const given = enrollment.texts('iotHubs')?.map((name) => name.toLowerCase()) ?? [];
  const many = [...new Set(given)];
  const hubs = one === undefined ? many : reconciled(enrollment, one, many, isStatic, before?.iotHubs ?? []);
  if (hubs.length > LIMITS.LINKED_HUBS_MAX)
    throw enrollment.refusal('iotHubs', `has at most ${LIMITS.LINKED_HUBS_MAX}`);
  if (isStatic && hubs.length !== 1) {
    throw enrollment.refusal(
      'iotHubs',
      `names ${hubs.length} hubs: a static allocation needs the one, here or in iotHubHostName`,
    );
  }
  return hubs;
}

function reconciled(
  enrollment: Members,
  one: string,
  many: readonly string[],
  isStatic: boolean,
  before: readonly string[],
): readonly string[] {
  if (many.length === 0) return [one];
  if (many.includes(one)) return isStatic ? [one] : many;
  if (sameHubs(many, before)) return [one];
  if (sameHubs([one], before)) return many;
  throw enrollment.refusal('iotHubHostName', 'is not among iotHubs: leave one of the two out');
}

function sameHubs(hubs: readonly string[], others: readonly string[]): boolean {
  return hubs.length === others.length && hubs.every((hub) => others.includes(hub));
}

function readCustomAllocation(enrollment: Members, isCustom: boolean): EnrollmentRecord['customAllocation'] {
  const definition = enrollment.object('customAllocationDefinition');
  if (definition === undefined) {
    if (isCustom)
      throw enrollment.refusal('customAllocationDefinition', 'is missing: {"webhookUrl": …, "apiVersion": …}');
    return null;
  }
  return { webhookUrl: readWebhookUrl(definition), apiVersion: readApiVersion(definition) };
}

function readApiVersion(definition: Members): string {
  const apiVersion = definition.text('apiVersion');
  if (!apiVersion) throw definition.refusal('apiVersion', 'is missing, such as 2021-10-01');
  if (apiVersion.length > LIMITS.ALLOCATION_API_VERSION_CHARACTERS_MAX) {
    throw definition.refusal('apiVersion', `has at most ${LIMITS.ALLOCATION_API_VERSION_CHARACTERS_MAX} characters`);
  }
  return apiVersion;
}

/** Without TLS too: a webhook often runs on the machine or in the cluster beside us, as receivers of routes do. */
function readWebhookUrl(definition: Members): string {
  const text = definition.text('webhookUrl');
  if (!text) throw definition.refusal('webhookUrl', 'is missing');
  if (text.length > LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX) {
    throw definition.refusal('webhookUrl', `has at most ${LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX} characters`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw definition.refusal('webhookUrl', 'must be https://… or http://…');
  }
  if (url.username !== '' || url.password !== '') {
    throw definition.refusal('webhookUrl', 'must hold no user name and password');
  }
  if (isLinkLocal(url.hostname.replace(/^\[(.*)\]$/, '$1'))) {
    throw definition.refusal(
      'webhookUrl',
      'must not be link-local: that is where clouds keep the credentials of machines',
    );
  }
  return text;
}

function readDeviceInformation(enrollment: Members): JsonObject | null {
  const member = 'optionalDeviceInformation';
  const json = enrollment.json(member);
  if (json === undefined) return null;
  return enrollment.read(member, () => {
    const values = validatedSection(json, member, 'allowed');
    requireSectionSize(values, member, LIMITS.OPTIONAL_DEVICE_INFORMATION_BYTES_MAX);
    return values;
  });
}
