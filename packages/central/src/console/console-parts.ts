import type { ConnectionInfo } from '@viaduct/contracts';
import type { Hub } from '@viaduct/hub';
import type { Provisioning } from '@viaduct/provisioning';
import type { LiveStreams } from '../live/live-streams.ts';
import type { ModelRepository } from '../model/model-repository.ts';
import type { PasswordHasher } from '../people/password.ts';
import type { SignInLimit } from '../people/sign-in-limit.ts';
import type { CentralStore } from '../store/central-store.ts';

export interface ConsoleOptions {
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  readonly store: CentralStore;
  /** Where the web build lies: `index.html`, hashed `assets/`, `csp.json`. It may be missing. */
  readonly webDirectory: string;
  readonly connectionInfo: () => ConnectionInfo;
  readonly version: string;
  /** The device that `npm start` plugged in. */
  readonly thisMachine: () => string | null;
  /** Folders with DTDL documents by the path convention; earlier ones win. */
  readonly modelDirectories: readonly string[];
}

/** What the routes of one console share. */
export interface ConsoleParts extends ConsoleOptions {
  readonly models: ModelRepository;
  readonly passwords: PasswordHasher;
  readonly signInLimit: SignInLimit;
  readonly live: LiveStreams;
}
