import { type DevicePatch, LIMITS } from '@viaduct/contracts';

/** What the audit calls a change of an identity's status, or of the reason alone. */
export function patchAction(what: 'device' | 'module', { status }: DevicePatch): string {
  const deed = { enabled: 'enable', disabled: 'disable', undefined: 'explain' } as const;
  return `${what}.${deed[`${status}`]}`;
}

/** Schema of `DevicePatch`. */
export const DEVICE_PATCH = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    status: { enum: ['enabled', 'disabled'] },
    statusReason: { type: ['string', 'null'], maxLength: LIMITS.STATUS_REASON_CHARACTERS_MAX },
  },
} as const;
