import { type DashboardContent, HubError, LIMITS, type Tile, type TileConfiguration } from '@viaduct/contracts';
import { type MakesRandomness, newGuid } from '@viaduct/hub';
import { requireValid } from '../api/validate.ts';

/** A tile that is kept has an id. */
export type KeptTile = Tile & { readonly id: string };

/** What a dashboard holds, valid as a whole. Tiles without an id, and copies of one, get their own. @throws HubError central.bodyInvalid */
export function readContent(
  hub: MakesRandomness,
  { displayName, tiles, organizations, extension }: DashboardContent,
): DashboardContent & { readonly tiles: readonly KeptTile[] } {
  const given = {
    displayName: typeof displayName === 'string' ? displayName.normalize('NFC').trim() : displayName,
    tiles: tiles ?? [],
    ...(organizations === undefined ? {} : { organizations }),
    ...(extension === undefined ? {} : { extension }),
  };
  requireValid('Dashboard', given);
  given.tiles.forEach(({ configuration }, at) => {
    requireSafeLinks(configuration, `tiles/${at}/configuration`);
  });
  return { ...given, tiles: withIds(hub, given.tiles) };
}

function withIds(hub: MakesRandomness, tiles: readonly Tile[]): KeptTile[] {
  const taken = new Set<string>();
  return tiles.map((tile) => {
    const id = tile.id === undefined || tile.id === '' || taken.has(tile.id) ? newGuid(hub) : tile.id;
    taken.add(id);
    return { ...tile, id };
  });
}

/** What a link, a frame and a picture may begin with; a name without a scheme is one of Azure's assets, and shows nothing here. */
const SCHEMES: Readonly<Record<string, RegExp>> = {
  href: /^(?:https?|mailto):/i,
  sourceUrl: /^https:/i,
  image: /^(?:https:|data:image\/)/i,
};

/** A dashboard is shared: what one person puts there must not run as script for another. @throws HubError central.bodyInvalid */
export function requireSafeLinks(configuration: TileConfiguration, place: string): void {
  for (const [name, allowed] of Object.entries(SCHEMES)) {
    const link = (configuration as unknown as Record<string, unknown>)[name];
    // Browsers skip white space and control characters before a scheme.
    const text = typeof link === 'string' ? link.replace(/[\s\p{Cc}]+/gu, '') : '';
    const needsScheme = name === 'sourceUrl';
    if (typeof link !== 'string' || allowed.test(text) || (!needsScheme && !/^[^/?#]*:/.test(text))) continue;
    throw new HubError('central.bodyInvalid', `${place}/${name} must be an address of ${ADDRESSES[name]}`);
  }
}

const ADDRESSES: Readonly<Record<string, string>> = {
  href: 'http, https or mailto',
  sourceUrl: 'https',
  image: 'https, or a picture as data:image/…',
};

/** The same dashboard with a tile below all others, or beside the last one where there is room. Pure. */
export function withTile(content: DashboardContent, tile: Omit<Tile, 'id' | 'x' | 'y'>): DashboardContent {
  const bottom = content.tiles.reduce((lowest, { y, height }) => Math.max(lowest, y + height), 0);
  if (content.tiles.length >= LIMITS.DASHBOARD_TILES_MAX || bottom > Y_MAX) {
    throw new HubError('central.limitReached', 'there is no room for another tile on this dashboard');
  }
  return { ...content, tiles: [...content.tiles, { ...tile, x: 0, y: bottom }] };
}

/** Source: `Tile` of the REST interface. */
const Y_MAX = 100;
