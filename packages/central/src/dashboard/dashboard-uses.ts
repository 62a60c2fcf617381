import type { Dashboard, TileConfiguration } from '@viaduct/contracts';
import type { DeviceGroups } from '../directory/device-directory.ts';
import { capabilityPaths } from '../template/capability-paths.ts';
import type { CapabilityUse, Template } from '../template/template-book.ts';

/** Which dashboards show what a template describes, and would show nothing, or something else, with another one. Pure. */
export function dashboardUses(
  dashboards: readonly Dashboard[],
  groups: Pick<DeviceGroups, 'find'>,
  template: Template,
): readonly CapabilityUse[] {
  const known = [...capabilityPaths(template.summary)];
  return dashboards.flatMap((dashboard) => {
    const tiles = dashboard.tiles.filter(({ configuration }) => mayBeOf(groups, configuration, template));
    const shown = tiles.flatMap(({ configuration }) => shownBy(configuration));
    const paths = [...new Set(shown)].filter((name) => known.some((one) => name === one || name.startsWith(`${one}.`)));
    const variables = dashboard.extension?.variables ?? [];
    const isChosen = variables.some(
      ({ kind, initialValue }) => kind === 'template' && initialValue === template.templateId,
    );
    if (paths.length === 0 && !isChosen) return [];
    // Whose it is may be told; what it is called is its owner's.
    const displayName = dashboard.personal ? `a personal dashboard of ${dashboard.owner}` : dashboard.displayName;
    return [{ kind: 'dashboard' as const, id: dashboard.id, displayName, paths }];
  });
}

/** A tile of a group that is of another template only may show a capability of the same name; it is not meant. */
function mayBeOf(
  groups: Pick<DeviceGroups, 'find'>,
  configuration: TileConfiguration,
  { templateId }: Template,
): boolean {
  const group =
    'group' in configuration && configuration.group !== undefined ? groups.find(configuration.group) : undefined;
  return group === undefined || group.filterText.includes(`"${templateId}"`) || !/\$template\b/i.test(group.filterText);
}

function shownBy(configuration: TileConfiguration): readonly string[] {
  return [
    ...('capabilities' in configuration ? (configuration.capabilities ?? []).map(({ capability }) => capability) : []),
    ...('command' in configuration ? [configuration.command] : []),
    ...('commands' in configuration ? configuration.commands : []),
    ...('properties' in configuration ? configuration.properties : []),
  ];
}
