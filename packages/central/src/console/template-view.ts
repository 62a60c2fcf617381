import type { JsonObject, TemplateRow, TemplateView } from '@viaduct/contracts';
import type { DeviceFilter } from '../directory/device-filter.ts';
import type { Template } from '../template/template-book.ts';
import { templateJson } from '../template/template-json.ts';
import type { ConsoleParts } from './console-parts.ts';

type Parts = Pick<ConsoleParts, 'templates' | 'devices'>;

export async function templateRow({ devices }: Parts, template: Template): Promise<TemplateRow> {
  const { templateId, displayName, description, modelId, isPublished, draft, updatedTime, summary } = template;
  const { telemetry, properties, commands, cloudProperties = [] } = summary;
  return {
    ...{ templateId, displayName, description, modelId, isPublished },
    hasDraft: draft !== null,
    devices: await devices.count(ofTemplate(templateId)),
    capabilities: telemetry.length + properties.length + commands.length + cloudProperties.length,
    updatedAt: new Date(updatedTime).toISOString(),
  };
}

export async function templateView(parts: Parts, template: Template): Promise<TemplateView> {
  const { etag, createdTime, summary, document, draft, templateId } = template;
  return {
    ...(await templateRow(parts, template)),
    ...{ etag, summary, document, draft },
    createdAt: new Date(createdTime).toISOString(),
    draftSummary: draft === null ? null : await parts.templates.outline(draft),
    uses: await parts.templates.usesOf(templateId),
  };
}

/** As a file that an import takes: a template with its identity, or the model alone, which other tools read. */
export function templateFile(template: Template, as: 'template' | 'dtdl'): JsonObject {
  const { etag: _etag, ...whole } = templateJson(template);
  return as === 'dtdl' ? template.capabilityModel : whole;
}

function ofTemplate(templateId: string): DeviceFilter {
  return { kind: 'compare', field: { kind: 'meta', name: 'template' }, operator: '=', value: templateId };
}
