import {
  asHubError,
  DIRECTORY_ACTIONS,
  type DirectoryBulk,
  type DirectoryOutcome,
  HubError,
  LIMITS,
} from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import type { DeviceChange } from '../directory/device-directory.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

/** Many devices at once. Each has an outcome, and a line in the audit, of its own; the whole is not atomic. */
export function directoryBulkRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.post<{ Body: DirectoryBulk }>(
    '/directory/bulk',
    { schema: { body: BULK } },
    (request): Promise<DirectoryOutcome[]> => {
      const change = changeOf(request.body);
      const act = async (deviceId: string): Promise<DirectoryOutcome> => {
        const deed = { action: `device.${request.body.action}`, object: deviceId };
        try {
          await audited(parts.store, request, deed, () => perform(parts, deviceId, change));
          return { deviceId, error: null };
        } catch (thrown) {
          const { code, message, row } = asHubError(thrown);
          // A fault of ours is not one device's outcome: the whole request fails, and the fault is logged.
          if (code === 'server.fault') throw thrown;
          return { deviceId, error: { code, message, advice: row.advice } };
        }
      };
      // Side by side, so that they share flushes to disk.
      return Promise.all(request.body.deviceIds.map(act));
    },
  );
}

async function perform(
  { devices, live }: ConsoleParts,
  deviceId: string,
  change: DeviceChange | 'delete',
): Promise<void> {
  if (change === 'delete') return devices.remove(deviceId);
  await devices.update(deviceId, change);
  live.announceUpdate(deviceId);
}

function changeOf({ action, templateId, organization }: DirectoryBulk): DeviceChange | 'delete' {
  switch (action) {
    case 'approve':
      return { approved: true, enabled: true };
    case 'block':
      return { enabled: false };
    case 'unblock':
      return { enabled: true };
    case 'migrate':
      if (templateId === undefined) throw new HubError('argument.invalid', 'say which template, or null for none');
      return { templateId };
    case 'organize':
      return { organizations: organization === undefined || organization === null ? [] : [organization] };
    case 'delete':
      return 'delete';
    default:
      return action satisfies never;
  }
}

const BULK = {
  type: 'object',
  required: ['action', 'deviceIds'],
  additionalProperties: false,
  properties: {
    action: { enum: DIRECTORY_ACTIONS },
    deviceIds: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.CONSOLE_BULK_MAX,
      items: { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX },
    },
    templateId: { type: ['string', 'null'], maxLength: 2_048 },
    organization: { type: ['string', 'null'], maxLength: 48 },
  },
} as const;
