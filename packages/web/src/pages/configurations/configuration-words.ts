import type { ConfigurationKind } from '@viaduct/contracts';

export const KIND_WORDS: Readonly<Record<ConfigurationKind, string>> = {
  device: 'Devices',
  module: 'Modules',
  edge: 'Edge modules',
};

/** What one begins with, for each kind; every path is an example of what may stand there. */
export const CONTENT_TEMPLATES: Readonly<Record<ConfigurationKind, unknown>> = {
  device: { deviceContent: { 'properties.desired.interval': 10 } },
  module: { moduleContent: { 'properties.desired.interval': 10 } },
  edge: { modulesContent: { $edgeAgent: { 'properties.desired': { schemaVersion: '1.1' } } } },
};

export const CONDITION_TEMPLATES: Readonly<Record<ConfigurationKind, string>> = {
  device: "tags.site = 'north'",
  module: "from devices.modules where moduleId = 'camera'",
  edge: "tags.site = 'north'",
};
