import { asHubError, HubError, LIMITS, type TemplateMigrated, type TemplateMigration } from '@viaduct/contracts';
import type { DeviceDirectory } from '../directory/device-directory.ts';
import type { TemplateBook } from './template-book.ts';

/** Devices that are changed at a time: enough to hide the disk, few enough to let others in between. */
const AT_ONCE = 8;

/**
 * Gives devices another template: those that are named, or all of one template, LIMITS.TEMPLATE_MIGRATIONS_MAX at most. One that cannot
 * be migrated holds up no other. @throws HubError template.notFound, template.invalid while it is a draft,
 * argument.invalid for a template's own devices
 */
export async function migrateDevices(
  { templates, devices }: { readonly templates: TemplateBook; readonly devices: DeviceDirectory },
  templateId: string,
  { deviceIds, fromTemplateId }: TemplateMigration,
): Promise<TemplateMigrated> {
  if (!templates.get(templateId).isPublished) {
    throw new HubError('template.invalid', `${templateId} is a draft; publish it before devices are given it`);
  }
  if (fromTemplateId === templateId) throw new HubError('argument.invalid', `they have ${templateId} already`);
  const chosen =
    deviceIds === undefined ? await idsOfTemplate(devices, fromTemplateId ?? '') : { deviceIds, isCut: false };
  const failed: { deviceId: string; message: string }[] = [];
  const waiting = chosen.deviceIds.values();
  const work = async () => {
    for (const deviceId of waiting) {
      await devices.update(deviceId, { templateId }).catch((thrown: unknown) => {
        failed.push({ deviceId, message: asHubError(thrown).message });
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    migrated: chosen.deviceIds.length - failed.length,
    failed: failed.slice(0, LIMITS.CONSOLE_BULK_MAX),
    isCut: chosen.isCut,
  };
}

function idsOfTemplate(devices: DeviceDirectory, templateId: string) {
  const field = { kind: 'meta', name: 'template' } as const;
  return devices.idsOf({ kind: 'compare', field, operator: '=', value: templateId }, LIMITS.TEMPLATE_MIGRATIONS_MAX);
}
