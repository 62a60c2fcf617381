import type {
  AppendsToLog,
  KeepsCommands,
  KeepsConnections,
  KeepsPolicies,
  KeepsRegistry,
  KeepsSubscriptions,
  KeepsTwins,
  KnowsItsNames,
  MakesRandomness,
  TellsTime,
  Throttles,
} from './ports.ts';
import type { RefusalBook } from './refusal/refusal-book.ts';
import type { SessionDirectory } from './session/session-directory.ts';

/** Everything the hub's use cases may touch. Each asks for the part it uses; gateways and central hold the whole. */
export interface Hub
  extends AppendsToLog,
    TellsTime,
    MakesRandomness,
    KnowsItsNames,
    KeepsRegistry,
    KeepsPolicies,
    KeepsTwins,
    KeepsCommands,
    KeepsSubscriptions,
    KeepsConnections,
    HoldsSessions,
    BooksRefusals,
    Throttles,
    InjectsFaults {}

/** Who is connected now. */
export interface HoldsSessions {
  readonly sessions: SessionDirectory;
}

export interface BooksRefusals {
  readonly refusals: RefusalBook;
}

export interface InjectsFaults {
  /** Whether a message may order a fault, to test firmware's retry paths. Off unless configured. */
  readonly faultInjection: boolean;
}
