import type { AuthorityBook } from './certificate/authority-book.ts';
import type { ShowsConfigurationWork } from './configuration/configuration-work.ts';
import type { ConsumerDirectory } from './consumer/consumer-directory.ts';
import type { ConsumerGroups } from './consumer/consumer-groups.ts';
import type { FaultInjection } from './fault/fault-injection.ts';
import type {
  AppendsToLog,
  KeepsAccessTokens,
  KeepsBlobs,
  KeepsCertificates,
  KeepsCommands,
  KeepsConfigurations,
  KeepsConnections,
  KeepsJobs,
  KeepsPolicies,
  KeepsQueries,
  KeepsRegistry,
  KeepsSubscriptions,
  KeepsTwins,
  KeepsUploads,
  KnowsItsNames,
  LimitsJobs,
  MakesRandomness,
  OpensContainers,
  SignsBlobs,
  TellsTime,
  Throttles,
} from './ports.ts';
import type { RefusalBook } from './refusal/refusal-book.ts';
import type { CertificateRenewals } from './renewal/certificate-renewals.ts';
import type { BuiltInView, RoutesRecords } from './routing/built-in-view.ts';
import type { EndpointWorkers } from './routing/endpoint-workers.ts';
import type { SessionDirectory } from './session/session-directory.ts';

/** Everything the hub's use cases may touch. Each asks for the part it uses; gateways and central hold the whole. */
export interface Hub
  extends AppendsToLog,
    TellsTime,
    MakesRandomness,
    KnowsItsNames,
    KeepsRegistry,
    KeepsPolicies,
    KeepsAccessTokens,
    KeepsTwins,
    KeepsCommands,
    KeepsSubscriptions,
    KeepsCertificates,
    KeepsConfigurations,
    ShowsConfigurationWork,
    KnowsAuthorities,
    KeepsConnections,
    KeepsQueries,
    KeepsBlobs,
    KeepsUploads,
    KeepsJobs,
    LimitsJobs,
    OpensContainers,
    SignsBlobs,
    HoldsSessions,
    KnowsConsumerGroups,
    RoutesRecords,
    ReadsBuiltIn,
    DeliversToEndpoints,
    HoldsConsumers,
    BooksRefusals,
    Throttles,
    InjectsFaults,
    RenewsCertificates {}

/** Who is connected now. */
export interface HoldsSessions {
  readonly sessions: SessionDirectory;
}

/** Which authorities a device's certificate may rely on. */
export interface KnowsAuthorities {
  readonly authorities: AuthorityBook;
}

/** Which groups events may be read for. */
export interface KnowsConsumerGroups {
  readonly consumerGroups: ConsumerGroups;
}

/** Who reads events now. */
export interface HoldsConsumers {
  readonly consumers: ConsumerDirectory;
}

/** What readers of the built-in endpoint see. */
export interface ReadsBuiltIn {
  readonly builtInView: BuiltInView;
}

/** Who delivers to endpoints, and how that goes. */
export interface DeliversToEndpoints {
  readonly endpointWorkers: EndpointWorkers;
}

export interface BooksRefusals {
  readonly refusals: RefusalBook;
}

export interface InjectsFaults {
  /** What devices ordered, to test their retry paths. Null unless configured: then an order is ordinary telemetry. */
  readonly faultInjection: FaultInjection | null;
}

/** Devices that renew their certificates. It is offered where somebody issues any. */
interface RenewsCertificates {
  readonly certificateRenewals: CertificateRenewals;
}
