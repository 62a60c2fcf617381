import { LIMITS } from '@viaduct/contracts';
import {
  array,
  collection,
  FLAG,
  integer,
  number,
  object,
  oneOf,
  readOnly,
  ref,
  type Schemas,
  text,
} from './schema.ts';

const NAME = '^[A-Za-z][A-Za-z0-9_]*$';

/** A dashboard and the frame of its tiles; what a tile shows is in `tile-schemas.ts`. `extension` is ours wherever it stands. */
export const DASHBOARD_SCHEMAS: Schemas = {
  Dashboard: object(
    {
      id: readOnly(text()),
      displayName: text({ minLength: 1, maxLength: LIMITS.DASHBOARD_NAME_CHARACTERS_MAX }),
      tiles: array(ref('Tile'), { maxItems: LIMITS.DASHBOARD_TILES_MAX }),
      personal: readOnly(FLAG),
      favorite: FLAG,
      etag: text(),
      organizations: array(text()),
      extension: ref('DashboardExtension'),
    },
    'displayName',
  ),
  DashboardCollection: collection('Dashboard'),
  DashboardExtension: object({
    description: text({ maxLength: LIMITS.DASHBOARD_TEXT_CHARACTERS_MAX }),
    timeRange: ref('DashboardTimeRange'),
    refreshSeconds: integer({ minimum: 0, maximum: 86_400 }),
    variables: array(ref('DashboardVariable'), { maxItems: LIMITS.DASHBOARD_VARIABLES_MAX }),
  }),
  /** `from` and `to`: `now`, `now-PT1H`, or an ISO 8601 time. */
  DashboardTimeRange: object({ from: text({ maxLength: 64 }), to: text({ maxLength: 64 }) }, 'from', 'to'),
  DashboardVariable: object(
    {
      name: text({ pattern: NAME, maxLength: 64 }),
      displayName: text({ maxLength: LIMITS.DASHBOARD_NAME_CHARACTERS_MAX }),
      kind: oneOf('group', 'device', 'template'),
      group: text(),
      initialValue: text(),
    },
    'name',
    'kind',
  ),
  Tile: object(
    {
      id: readOnly(text()),
      displayName: text({ maxLength: LIMITS.DASHBOARD_NAME_CHARACTERS_MAX }),
      configuration: ref('TileConfiguration'),
      height: number({ minimum: 1, maximum: 10 }),
      width: number({ minimum: 1, maximum: 10 }),
      x: number({ minimum: 0, maximum: 100 }),
      y: number({ minimum: 0, maximum: 100 }),
    },
    'displayName',
    'configuration',
    'height',
    'width',
    'x',
    'y',
  ),
};
