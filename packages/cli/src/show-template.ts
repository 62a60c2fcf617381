import { facts, table } from './output.ts';
import type { DeviceTemplate } from './templates.ts';

export function templateTable(templates: readonly DeviceTemplate[]): string {
  if (templates.length === 0) return 'No templates yet. `viaduct template import FILE` makes one.\n';
  const rows = templates.map((template) => [
    template['@id'],
    template.displayName,
    String(template.capabilityModel['@id']),
    String(contentsOf(template).length),
  ]);
  return table(['ID', 'NAME', 'MODEL', 'CONTENTS'], rows);
}

export function templateFacts(template: DeviceTemplate): string {
  const contents = contentsOf(template).map(
    ({ '@type': type, name }) => [[type].flat().join(' '), String(name)] as const,
  );
  return facts([
    ['id', template['@id']],
    ['name', template.displayName],
    ['description', template.description],
    ['model', String(template.capabilityModel['@id'])],
    ...contents,
  ]);
}

/** Of the device itself; what it extends and its components are in its JSON. */
function contentsOf({ capabilityModel }: DeviceTemplate): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(capabilityModel.contents) ? capabilityModel.contents : [];
}
