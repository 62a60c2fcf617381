import type { NewAuthentication } from '@viaduct/contracts';
import type { DeviceInput } from '@viaduct/hub';

/** What the console says of authentication, as the registry hears it. */
export function authenticationInput(wanted: NewAuthentication): NonNullable<DeviceInput['authentication']> {
  switch (wanted.type) {
    case 'sas': {
      // Empty asks for a new key: keys of an identity that had certificates until now would be no one's.
      const { type, primaryKey = '', secondaryKey = '' } = wanted;
      return { type, symmetricKey: { primaryKey, secondaryKey } };
    }
    case 'selfSigned': {
      const { type, primaryThumbprint, secondaryThumbprint = null } = wanted;
      return { type, x509Thumbprint: { primaryThumbprint, secondaryThumbprint } };
    }
    case 'certificateAuthority':
      return { type: wanted.type };
    default:
      return wanted satisfies never;
  }
}

const TEXT = { type: 'string', maxLength: 256 } as const;

/** Schema of `NewAuthentication`. */
export const AUTHENTICATION = {
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    type: { enum: ['sas', 'selfSigned', 'certificateAuthority'] },
    primaryKey: TEXT,
    secondaryKey: TEXT,
    primaryThumbprint: TEXT,
    secondaryThumbprint: TEXT,
  },
} as const;
