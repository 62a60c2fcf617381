import { HubError } from '@viaduct/contracts';

/** Whether a caller's condition holds. Undefined and `*` ask for nothing. @throws HubError etag.mismatch */
export function requireMatch(etag: string, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === etag) return;
  throw new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
}
