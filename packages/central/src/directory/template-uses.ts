import type { ModelSummary } from '@viaduct/contracts';
import type { CapabilityUse, Template } from '../template/template-book.ts';
import type { DeviceDirectory, DeviceGroups } from './device-directory.ts';
import type { DeviceField, DeviceFilter } from './device-filter.ts';
import { pathOf } from './store/filter-sql.ts';

/** What of the directory would change with a template: its devices, and groups that ask for it or for what it describes. */
export async function templateUses(
  { devices, groups }: { readonly devices: DeviceDirectory; readonly groups: DeviceGroups },
  template: Template,
): Promise<readonly CapabilityUse[]> {
  const ofTemplate: DeviceFilter = {
    kind: 'compare',
    field: { kind: 'meta', name: 'template' },
    operator: '=',
    value: template.templateId,
  };
  const simulated: DeviceFilter = {
    kind: 'compare',
    field: { kind: 'meta', name: 'simulated' },
    operator: '=',
    value: true,
  };
  const made = await devices.count({ kind: 'and', terms: [ofTemplate, simulated] });
  return [
    ...devicesUse('device', template, await devices.count(ofTemplate)),
    ...devicesUse('simulatedDevice', template, made),
    ...groups.list().flatMap((group) => groupUse(group, template)),
  ];
}

function devicesUse(
  kind: 'device' | 'simulatedDevice',
  { templateId }: Template,
  count: number,
): readonly CapabilityUse[] {
  const displayName = count === 1 ? '1 device' : `${count} devices`;
  return count === 0 ? [] : [{ kind, id: templateId, displayName, paths: [] }];
}

function groupUse(group: ReturnType<DeviceGroups['list']>[number], template: Template): readonly CapabilityUse[] {
  const terms = termsOf(group.filter);
  const known = pathsOf(template.summary);
  const paths = terms.flatMap(({ field }) => (field.kind === 'property' ? [pathOf(field)] : []));
  const used = paths.filter((path) => known.some((name) => path === name || path.startsWith(`${name}.`)));
  const isNamed = terms.some(({ values }) => values.includes(template.templateId));
  // A group of another template's devices may ask for a property of the same name.
  const isOfAnother = !isNamed && terms.some(({ field }) => field.kind === 'meta' && field.name === 'template');
  if (isOfAnother || (!isNamed && used.length === 0)) return [];
  return [{ kind: 'deviceGroup', id: group.groupId, displayName: group.displayName, paths: [...new Set(used)] }];
}

interface Term {
  readonly field: DeviceField;
  readonly values: readonly unknown[];
}

function termsOf(filter: DeviceFilter): readonly Term[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(termsOf);
    case 'not':
      return termsOf(filter.term);
    case 'compare':
      return [{ field: filter.field, values: [filter.value] }];
    case 'in':
      return [{ field: filter.field, values: filter.values }];
    case 'contains':
    case 'startsWith':
    case 'isNull':
      return [{ field: filter.field, values: [] }];
    default:
      return filter satisfies never;
  }
}

function pathsOf({ properties, cloudProperties = [] }: ModelSummary): readonly string[] {
  return [...properties, ...cloudProperties].map(({ component, name }) => pathOf({ component, path: [name] }));
}
