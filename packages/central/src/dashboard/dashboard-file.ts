import {
  DASHBOARD_FILE_SCHEMA,
  type Dashboard,
  type DashboardContent,
  type DashboardFile,
  HubError,
  type Tile,
} from '@viaduct/contracts';
import { requireValid } from '../api/validate.ts';
import { requireSafeLinks } from './dashboard-content.ts';

/** A dashboard as a file that another server understands. Pure. */
export function dashboardFile({ displayName, tiles, extension }: Dashboard): DashboardFile {
  return {
    $schema: DASHBOARD_FILE_SCHEMA,
    displayName,
    tiles: tiles.map(({ id: _id, ...tile }) => tile),
    ...(extension === undefined ? {} : { extension }),
  };
}

/**
 * What a file brings: one of ours, or the document of a dashboard as the REST interface of Azure IoT Central has it. Of the latter, a tile
 * that cannot be understood becomes one that says so, in its place; what belongs to its application (ids, organizations) stays there.
 *
 * @throws HubError central.bodyInvalid
 */
export function contentOfFile(file: DashboardFile | AzureDocument): DashboardContent {
  if (!('$schema' in file)) return contentOfDocument(file);
  const { $schema, ...content } = file;
  if ($schema === DASHBOARD_FILE_SCHEMA) return content;
  throw new HubError(
    'central.bodyInvalid',
    `the file is not a dashboard of this version: its $schema is not ${DASHBOARD_FILE_SCHEMA}`,
  );
}

interface AzureDocument {
  readonly displayName: string;
  readonly tiles?: readonly Tile[];
}

function contentOfDocument({ displayName, tiles = [] }: AzureDocument): DashboardContent {
  if (typeof displayName !== 'string' || !Array.isArray(tiles)) {
    throw new HubError('central.bodyInvalid', 'the file is no dashboard: it has no displayName, or no list of tiles');
  }
  return { displayName, tiles: tiles.map(understood) };
}

function understood(tile: Tile, index: number): Tile {
  try {
    requireValid('Tile', tile);
    requireSafeLinks(tile.configuration, 'configuration');
    return tile;
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    return placeholder(tile, index, thrown.message);
  }
}

const TITLE_CHARACTERS_MAX = 200;
const QUOTED_CHARACTERS_MAX = 4_000;

/** As large as the tile was, as far as that can be told, with why it is not there and what it was. */
function placeholder(tile: Partial<Tile> | null, index: number, why: string): Tile {
  const { displayName, configuration, ...spot } = tile ?? {};
  const within = (value: unknown, least: number, most: number, otherwise: number) =>
    typeof value === 'number' && value >= least && value <= most ? value : otherwise;
  const quoted = (JSON.stringify(configuration, null, 2) ?? '').slice(0, QUOTED_CHARACTERS_MAX);
  return {
    displayName: typeof displayName === 'string' ? displayName.slice(0, TITLE_CHARACTERS_MAX) : `Tile ${index + 1}`,
    x: within(spot.x, 0, 100, 0),
    y: within(spot.y, 0, 100, index),
    width: within(spot.width, 1, 10, 3),
    height: within(spot.height, 1, 10, 2),
    configuration: {
      type: 'markdown',
      description: `**This tile could not be brought along:** ${why}.\n\n~~~json\n${quoted}\n~~~`,
    },
  };
}
