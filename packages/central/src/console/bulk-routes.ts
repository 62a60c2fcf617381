import {
  asHubError,
  BULK_ACTIONS,
  type BulkAction,
  type BulkOutcome,
  type BulkRequest,
  type DeviceIdentity,
  identityKey,
  LIMITS,
} from '@viaduct/contracts';
import { deleteDevice, updateDevice } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

/** Many devices and modules at once. Each has an outcome, and a line in the audit, of its own; the whole is not atomic. */
export function bulkRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.post<{ Body: BulkRequest }>('/bulk', { schema: { body: BULK } }, (request): Promise<BulkOutcome[]> => {
    const { action, identities } = request.body;
    const act = async (identity: DeviceIdentity): Promise<BulkOutcome> => {
      const what = identity.moduleId === undefined ? 'device' : 'module';
      const deed = { action: `${what}.${action}`, object: identityKey(identity) };
      try {
        await audited(parts.store, request, deed, () => perform(parts, action, identity));
        return { identity, error: null };
      } catch (thrown) {
        const { code, message, row } = asHubError(thrown);
        // A fault of ours is not one device's outcome: the whole request fails, and the fault is logged.
        if (code === 'server.fault') throw thrown;
        return { identity, error: { code, message, advice: row.advice } };
      }
    };
    // Side by side, so that they share flushes to disk.
    return Promise.all(identities.map(act));
  });
}

async function perform({ hub, live }: ConsoleParts, action: BulkAction, identity: DeviceIdentity): Promise<void> {
  if (action === 'delete') await deleteDevice(hub, identity);
  else await updateDevice(hub, identity, { status: action === 'enable' ? 'enabled' : 'disabled' });
  if (action !== 'delete' || identity.moduleId !== undefined) live.announceUpdate(identity.deviceId);
}

const ID = { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX } as const;
const BULK = {
  type: 'object',
  required: ['action', 'identities'],
  additionalProperties: false,
  properties: {
    action: { enum: BULK_ACTIONS },
    identities: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.CONSOLE_BULK_MAX,
      items: {
        type: 'object',
        required: ['deviceId'],
        additionalProperties: false,
        properties: { deviceId: ID, moduleId: ID },
      },
    },
  },
} as const;
