import type { FleetQueryPage } from '@viaduct/contracts';

/** Of a whole twin, what one looks at in a list; the rest is in the row. */
const TWIN_COLUMNS = [
  'status',
  'connectionState',
  'lastActivityTime',
  'tags',
  'properties.reported',
  'properties.desired',
];

/** The columns of an answer: those that were asked for, or those that people look at in a whole document. Pure. */
export function columnsOf(pages: readonly FleetQueryPage[]): readonly string[] {
  const [first] = pages;
  if (first === undefined) return [];
  if (first.columns.length > 0) return first.columns;
  const items = pages.flatMap((page) => page.items);
  if (first.itemType !== 'Twin') return [...new Set(items.flatMap((item) => Object.keys(item)))];
  const hasModules = items.some(({ moduleId }) => moduleId !== undefined);
  return ['deviceId', ...(hasModules ? ['moduleId'] : []), ...TWIN_COLUMNS];
}
