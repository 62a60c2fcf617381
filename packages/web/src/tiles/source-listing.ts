import type { DirectoryQuery, SeriesSource } from '@viaduct/contracts';

/** How the devices of a source are listed. */
export function listingOf(source: Exclude<SeriesSource, { readonly kind: 'devices' }>): DirectoryQuery {
  switch (source.kind) {
    case 'all':
      return {};
    case 'group':
      return { group: source.groupId };
    case 'template':
      return { filter: `SELECT * FROM devices WHERE $template = "${source.templateId.replaceAll('"', '')}"` };
    default:
      return source satisfies never;
  }
}
