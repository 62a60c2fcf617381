import { POINTS } from './0001-points.ts';
import { TWIN_VERSIONS } from './0002-twin-versions.ts';
import { CONNECTION_CHANGES } from './0003-connection-changes.ts';

/** In the order in which they are applied; the position is the version. Never edited once released. */
export const HISTORY_MIGRATIONS: readonly string[] = [POINTS, TWIN_VERSIONS, CONNECTION_CHANGES];
