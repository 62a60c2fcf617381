import type { DeviceDirectory } from '../directory/device-directory.ts';
import type { CentralStore } from '../store/central-store.ts';
import { capabilityPaths } from '../template/capability-paths.ts';
import type { CapabilityUse, Template } from '../template/template-book.ts';
import { everyViewEdits } from './view-edits.ts';

/** What people changed of the pages of a template's devices: the layer of the template, and those of single devices. */
export async function viewUses(
  store: CentralStore,
  devices: Pick<DeviceDirectory, 'idsOf'>,
  { templateId, displayName, summary }: Template,
): Promise<readonly CapabilityUse[]> {
  const known = capabilityPaths(summary);
  const edits = (await everyViewEdits(store)).flatMap(({ scope, id, fields }) => {
    const paths = Object.keys(fields)
      .map(pathOfKey)
      .filter((path) => known.has(path));
    return paths.length === 0 || (scope === 'template' && id !== templateId) ? [] : [{ scope, id, paths }];
  });
  const ids = edits.flatMap(({ scope, id }) => (scope === 'device' ? [id] : []));
  const mine = await devicesAmong(devices, templateId, ids);
  return edits
    .filter(({ scope, id }) => scope === 'template' || mine.has(id))
    .map(({ scope, id, paths }) => ({
      kind: 'page',
      id: `${scope} ${id}`,
      displayName: scope === 'template' ? `the page of every ${displayName}` : `the page of ${id}`,
      paths,
    }));
}

/** Ids that one question asks for. */
const CHUNK = 500;

async function devicesAmong(
  devices: Pick<DeviceDirectory, 'idsOf'>,
  templateId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < ids.length; at += CHUNK) {
    const values = ids.slice(at, at + CHUNK);
    const ofTemplate = {
      kind: 'compare',
      field: { kind: 'meta', name: 'template' },
      operator: '=',
      value: templateId,
    } as const;
    const named = { kind: 'in', field: { kind: 'meta', name: 'id' }, values } as const;
    const { deviceIds } = await devices.idsOf({ kind: 'and', terms: [ofTemplate, named] }, CHUNK);
    for (const id of deviceIds) found.add(id);
  }
  return found;
}

/** `motor/speed`, and `/pressure` at the root. */
function pathOfKey(key: string): string {
  return key.replace(/^\//, '').replace('/', '.');
}
