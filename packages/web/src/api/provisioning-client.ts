import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  AttemptOutcome,
  AttemptPage,
  CredentialPoliciesView,
  CredentialPolicyInput,
  CredentialPolicyView,
  DeviceKeys,
  EnrollmentChange,
  EnrollmentDevices,
  EnrollmentInput,
  EnrollmentKeys,
  EnrollmentKindName,
  EnrollmentPage,
  EnrollmentRemoval,
  EnrollmentView,
  LinkedHubInput,
  LinkedHubTrial,
  LinkedHubView,
  NewEnrollment,
  NewLinkedHub,
  ProvisioningSettingsInput,
  ProvisioningView,
  RegistrationPage,
} from '@viaduct/contracts';
import { get, query, send } from './request.ts';

const PAGE_SIZE = 50;

/** Who may come, who came, and who was turned away. */
export const provisioningClient = {
  overview: () => get<ProvisioningView>('/provisioning'),
  saveSettings: (etag: string, body: ProvisioningSettingsInput) =>
    send<ProvisioningView>('PUT', `/provisioning/settings${query({ etag })}`, body),
  enrollments: (kind: EnrollmentKindName, search: string | undefined, after: string | undefined) =>
    get<EnrollmentPage>(`/provisioning/enrollments/${kind}${query({ search, after, limit: PAGE_SIZE })}`),
  enrollment: (kind: EnrollmentKindName, id: string) => get<EnrollmentView>(enrollmentPath(kind, id)),
  create: (kind: EnrollmentKindName, body: NewEnrollment) =>
    send<EnrollmentView>('POST', `/provisioning/enrollments/${kind}`, body),
  change: (known: EnrollmentView, body: EnrollmentInput, devices: EnrollmentDevices = 'leave') =>
    send<EnrollmentChange>(
      'PUT',
      `${enrollmentPath(known.kind, known.id)}${query({ etag: known.etag, devices })}`,
      body,
    ),
  remove: (known: EnrollmentView, devices: EnrollmentDevices) =>
    send<EnrollmentRemoval>('DELETE', `${enrollmentPath(known.kind, known.id)}${query({ etag: known.etag, devices })}`),
  keys: (kind: EnrollmentKindName, id: string) => send<EnrollmentKeys>('POST', `${enrollmentPath(kind, id)}/keys`),
  deviceKeys: (groupId: string, registrationId: string) =>
    send<DeviceKeys>('POST', `${enrollmentPath('group', groupId)}/device-key`, { registrationId }),
  registrations: (kind: EnrollmentKindName, id: string, after: string | undefined) =>
    get<RegistrationPage>(`${enrollmentPath(kind, id)}/registrations${query({ after, limit: PAGE_SIZE })}`),
  forget: (registrationId: string, etag: string) =>
    send<void>('DELETE', `/provisioning/registrations/${encodeURIComponent(registrationId)}${query({ etag })}`),
  attempts: ({ kind, enrollmentId, registrationId, outcome }: AttemptFilter, before: number | undefined) =>
    get<AttemptPage>(
      `/provisioning/attempts${query({ kind, enrollmentId, registrationId, outcome, before, limit: PAGE_SIZE })}`,
    ),
  hubs: () => get<readonly LinkedHubView[]>('/provisioning/linked-hubs'),
  addHub: (body: NewLinkedHub) => send<LinkedHubView>('POST', '/provisioning/linked-hubs', body),
  tryNewHub: (body: NewLinkedHub) => send<LinkedHubTrial>('POST', '/provisioning/linked-hubs/trial', body),
  changeHub: ({ hostName, etag }: LinkedHubView, body: LinkedHubInput) =>
    send<LinkedHubView>('PUT', `${hubPath(hostName)}${query({ etag })}`, body),
  removeHub: ({ hostName, etag }: LinkedHubView) => send<void>('DELETE', `${hubPath(hostName)}${query({ etag })}`),
  tryHub: (hostName: string) => send<LinkedHubTrial>('POST', `${hubPath(hostName)}/trial`),
  policies: () => get<CredentialPoliciesView>('/provisioning/credential-policies'),
  addPolicy: (body: CredentialPolicyInput) =>
    send<CredentialPolicyView>('POST', '/provisioning/credential-policies', body),
  removePolicy: ({ name, etag }: CredentialPolicyView) =>
    send<void>('DELETE', `/provisioning/credential-policies/${encodeURIComponent(name)}${query({ etag })}`),
};

function enrollmentPath(kind: EnrollmentKindName, id: string): string {
  return `/provisioning/enrollments/${kind}/${encodeURIComponent(id)}`;
}

function hubPath(hostName: string): string {
  return `/provisioning/linked-hubs/${encodeURIComponent(hostName)}`;
}

/** Which attempts are wanted; those of an enrolment by both its parts. */
export interface AttemptFilter {
  readonly kind?: EnrollmentKindName | undefined;
  readonly enrollmentId?: string | undefined;
  readonly registrationId?: string | undefined;
  readonly outcome?: AttemptOutcome | undefined;
}

export const provisioningQuery = queryOptions({
  queryKey: ['provisioning', 'overview'],
  queryFn: () => provisioningClient.overview(),
});

export const enrollmentsQuery = (kind: EnrollmentKindName, search: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['provisioning', 'enrollments', kind, search ?? ''],
    queryFn: ({ pageParam }) => provisioningClient.enrollments(kind, search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export const enrollmentQuery = (kind: EnrollmentKindName, id: string) =>
  queryOptions({
    queryKey: ['provisioning', 'enrollment', kind, id.toLowerCase()],
    queryFn: () => provisioningClient.enrollment(kind, id),
  });

export const registrationsQuery = (kind: EnrollmentKindName, id: string) =>
  infiniteQueryOptions({
    queryKey: ['provisioning', 'enrollment', kind, id.toLowerCase(), 'registrations'],
    queryFn: ({ pageParam }) => provisioningClient.registrations(kind, id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });

export const ATTEMPTS_KEY = ['provisioning', 'attempts'] as const;

export const attemptsQuery = (filter: AttemptFilter) =>
  infiniteQueryOptions({
    queryKey: [...ATTEMPTS_KEY, filter],
    queryFn: ({ pageParam }) => provisioningClient.attempts(filter, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ before }) => before,
    placeholderData: keepPreviousData,
  });

export const hubsQuery = queryOptions({
  queryKey: ['provisioning', 'hubs'],
  queryFn: () => provisioningClient.hubs(),
});

export const policiesQuery = queryOptions({
  queryKey: ['provisioning', 'policies'],
  queryFn: () => provisioningClient.policies(),
});
