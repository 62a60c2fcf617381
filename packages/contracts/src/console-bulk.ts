import type { ErrorCode } from './errors.ts';
import type { DeviceIdentity } from './identity.ts';

/** What is done to the registry's entry of each; twins and methods are changed and called by jobs. */
export const BULK_ACTIONS = ['enable', 'disable', 'delete'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** At most LIMITS.CONSOLE_BULK_MAX identities; whoever has more asks again with the next. */
export interface BulkRequest {
  readonly action: BulkAction;
  readonly identities: readonly DeviceIdentity[];
}

/** In the order of the request. `error` is null where it is done. */
export interface BulkOutcome {
  readonly identity: DeviceIdentity;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly advice: string } | null;
}
