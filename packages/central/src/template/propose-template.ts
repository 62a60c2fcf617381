import { HubError, type InferredTemplate, LIMITS, type NewCapability } from '@viaduct/contracts';
import type { Hub } from '@viaduct/hub';
import type { DeviceDirectory } from '../directory/device-directory.ts';
import { addCapability, composeTemplate } from './compose-template.ts';
import { inferFields } from './infer-template.ts';
import { observeDevice } from './observe-device.ts';
import type { Template, TemplateBook } from './template-book.ts';
import { isModelId } from './template-document.ts';

interface Parts {
  readonly hub: Hub;
  readonly templates: TemplateBook;
  readonly devices: DeviceDirectory;
}

/** What a model of this device could be, from what it says and what its twin holds. @throws HubError device.notFound */
export async function proposeTemplate({ hub, templates, devices }: Parts, deviceId: string): Promise<InferredTemplate> {
  const { displayName, modelId } = await devices.get(deviceId);
  const { observations, messages } = await observeDevice(hub, deviceId);
  const { fields, ...skipped } = inferFields(observations);
  const names = new Set<string>();
  // A name is of one capability: telemetry goes before a property that is called the same.
  const unique = fields.filter(({ component, name }) => {
    const path = `${component ?? ''}/${name}`;
    return names.has(path) ? false : names.add(path);
  });
  const isFree = modelId !== null && isModelId(modelId) && templates.find(modelId) === undefined;
  const templateId = isFree ? modelId : freeId(templates, deviceId);
  // A device may have a longer name than DTDL allows a model.
  const name = displayName.slice(0, LIMITS.MODEL_DISPLAY_NAME_CHARACTERS_MAX);
  return { deviceId, templateId, displayName: name, fields: unique, messages, ...skipped };
}

/** Publishes what was accepted of a proposal, and gives it to the device. @throws HubError template.exists, template.invalid, model.invalid */
export async function acceptTemplate(
  { templates, devices }: Omit<Parts, 'hub'>,
  deviceId: string,
  { templateId, displayName, fields }: Pick<InferredTemplate, 'templateId' | 'displayName' | 'fields'>,
): Promise<Template> {
  await devices.get(deviceId);
  const template = await templates.put(templateId, composeTemplate(templateId, displayName, fields), null);
  await devices.update(deviceId, { templateId });
  return template;
}

/**
 * Makes one value that a device sends a capability of its template, published at once: it only adds. A draft, if there is one, is left as
 * it is. @throws HubError template.notFound for a device without one, template.invalid where it was not sent lately or its name is taken
 */
export async function promoteCapability(
  { hub, templates, devices }: Parts,
  deviceId: string,
  { kind, component, name }: NewCapability,
): Promise<Template> {
  const { templateId } = await devices.get(deviceId);
  if (templateId === null)
    throw new HubError('template.notFound', `${deviceId} has no template; make one of what it sends`);
  const { observations } = await observeDevice(hub, deviceId);
  const wanted = observations.filter((one) => one.kind === kind && one.component === component && one.name === name);
  const [field] = inferFields(wanted).fields;
  if (field === undefined) {
    const why = wanted.length === 0 ? 'was not sent in the last day' : 'has no name or no schema that a model can hold';
    throw new HubError('template.invalid', `${name} ${why}`);
  }
  const { document, etag } = templates.get(templateId);
  const sure = { ...field, measure: field.measure?.confidence === 'high' ? field.measure : null };
  return templates.extend(templateId, addCapability(document, sure), etag);
}

/** `dtmi:viaduct:device:pump_7;1`, or the next version that is free. */
function freeId(templates: TemplateBook, deviceId: string): string {
  const name = deviceId.replace(/[^A-Za-z0-9]+/g, '_').replace(/^[^A-Za-z]+|_+$/g, '') || 'unnamed';
  const path = `dtmi:viaduct:device:${name.slice(0, 64).replace(/_+$/, '')}`;
  for (let version = 1; ; version++) {
    if (templates.find(`${path};${version}`) === undefined) return `${path};${version}`;
  }
}
