import type { ConnectionInfo } from '@viaduct/contracts';
import type { Central } from '../central.ts';
import type { LiveStreams } from '../live/live-streams.ts';
import type { PasswordHasher } from '../people/password.ts';
import type { SignInLimit } from '../people/sign-in-limit.ts';

export interface ConsoleOptions {
  readonly central: Central;
  /** Where the web build lies: `index.html`, hashed `assets/`, `csp.json`. It may be missing. */
  readonly webDirectory: string;
  /** Origins whose pages may be shown in frames of a dashboard, as `https://charts.example`. */
  readonly frameOrigins: readonly string[];
  readonly connectionInfo: () => ConnectionInfo;
  readonly version: string;
  /** The device that `npm start` plugged in. */
  readonly thisMachine: () => string | null;
}

/** What the routes of one console share: central, and what only the console has. */
export interface ConsoleParts extends Central, Omit<ConsoleOptions, 'central'> {
  readonly passwords: PasswordHasher;
  readonly signInLimit: SignInLimit;
  readonly live: LiveStreams;
}
