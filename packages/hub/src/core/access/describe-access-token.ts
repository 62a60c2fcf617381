import type { AccessTokenView } from '@viaduct/contracts';
import type { AccessTokenRecord } from '../ports.ts';

/** What may be told of an access token, over REST and to the console. Pure. */
export function describeAccessToken({ hash: _, lastUsedTime, ...facts }: AccessTokenRecord): AccessTokenView {
  return { ...facts, lastUsedTime: lastUsedTime === 0 ? null : lastUsedTime };
}
