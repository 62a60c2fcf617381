import type { SavedQuery } from '@viaduct/contracts';
import { pathsOfQuery } from '../language/paths-of-query.ts';
import { propertyPaths } from '../template/capability-paths.ts';
import type { CapabilityUse, Template } from '../template/template-book.ts';

/** Saved queries that ask the telemetry of a template, name its model, or name a property of a twin that is one of its. Pure. */
export function savedQueryUses(queries: readonly SavedQuery[], template: Template): readonly CapabilityUse[] {
  const known = propertyPaths(template.summary);
  return queries.flatMap(({ id, name, query, owner, isShared }) => {
    const asked = pathsOfQuery(query, template.templateId) ?? propertiesIn(query).filter((path) => known.has(path));
    const isNamed = query.includes(`'${template.modelId}'`) || query.includes(`"${template.templateId}"`);
    if (asked.length === 0 && !isNamed) return [];
    // Whose it is may be told; what it is called is its owner's.
    const displayName = isShared ? name : `a personal query of ${owner}`;
    return [{ kind: 'savedQuery' as const, id: String(id), displayName, paths: [...new Set(asked)] }];
  });
}

/** `properties.reported.motor.speed` may be a property of a component, or a member of a property. */
function propertiesIn(query: string): readonly string[] {
  const named = query.matchAll(/\bproperties\.(?:reported|desired)\.([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?/g);
  return [...named].flatMap(([, name = '', inner]) => (inner === undefined ? [name] : [name, `${name}.${inner}`]));
}
