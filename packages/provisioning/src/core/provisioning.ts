import type {
  KeepsCertificates,
  KeepsPolicies,
  KnowsAuthorities,
  KnowsItsNames,
  MakesRandomness,
  TellsTime,
} from '@viaduct/hub';
import type { AttemptBook } from './attempt/attempt-book.ts';
import type {
  AsksWebhooks,
  IssuesCertificates,
  KeepsCredentialPolicies,
  KeepsEnrollments,
  KeepsLinkedHubs,
  KeepsRegistrations,
  KeepsSettings,
  MeasuresLatency,
  ReachesHubs,
  RunsAssignments,
} from './ports.ts';
import type { RegistrationThrottle } from './registration/registration-throttle.ts';

/**
 * Everything the use cases of provisioning may touch. Each asks for the part it uses; gateways and central hold the whole. Policies,
 * names and certificate authorities are those of the hub beside it: one server, one set.
 */
export interface Provisioning
  extends TellsTime,
    MakesRandomness,
    KnowsItsNames,
    KeepsPolicies,
    KeepsCertificates,
    KnowsAuthorities,
    KeepsSettings,
    KeepsEnrollments,
    KeepsRegistrations,
    KeepsLinkedHubs,
    ReachesHubs,
    MeasuresLatency,
    AsksWebhooks,
    RunsAssignments,
    KeepsCredentialPolicies,
    IssuesCertificates,
    BooksAttempts,
    PacesDevices,
    ThrottlesRegistrations {}

/** Who asked to be provisioned, and what became of it. */
export interface BooksAttempts {
  readonly attempts: AttemptBook;
}

/** Who asks too often. */
export interface ThrottlesRegistrations {
  readonly registrationThrottle: RegistrationThrottle;
}

/** How long a device should wait before it asks again how its registration goes, seconds: 1 where nothing is throttled, else 3 as Azure. */
export interface PacesDevices {
  readonly retryAfterSeconds: number;
}
