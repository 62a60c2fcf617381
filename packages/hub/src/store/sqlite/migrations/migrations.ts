import { initial } from './0001-initial.ts';
import { connections } from './0002-connections.ts';
import { certificates } from './0003-certificates.ts';
import { files } from './0004-files.ts';
import { quota } from './0005-quota.ts';
import { queryPaths } from './0006-query-paths.ts';
import { jobs } from './0007-jobs.ts';
import { configurations } from './0008-configurations.ts';
import { routing } from './0009-routing.ts';
import { accessTokens } from './0010-access-tokens.ts';
import { scopes } from './0012-scopes.ts';
import { consumerGroups } from './0013-consumer-groups.ts';

/** Plain SQL, forward only, in order; number n is the n-th. A released one is never edited. Text, so that a bundle holds it. */
export const MIGRATIONS: readonly string[] = [
  initial,
  connections,
  certificates,
  files,
  quota,
  queryPaths,
  jobs,
  configurations,
  routing,
  accessTokens,
  scopes,
  consumerGroups,
];
