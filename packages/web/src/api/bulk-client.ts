import type { BulkAction, BulkOutcome, DeviceIdentity } from '@viaduct/contracts';
import { send } from './request.ts';

/** At most LIMITS.CONSOLE_BULK_MAX at a time. */
export function bulk(action: BulkAction, identities: readonly DeviceIdentity[]): Promise<readonly BulkOutcome[]> {
  return send<readonly BulkOutcome[]>('POST', '/bulk', { action, identities });
}
