import type { AuthenticationType } from '../ports.ts';

/**
 * What a back end says when it makes or changes a device or module. Whatever is absent keeps its value on an update and
 * takes its default on a creation; a key that is absent or empty on creation is generated.
 */
export interface DeviceInput {
  readonly authentication?: {
    /** Absent: `selfSigned` when a thumbprint is given, else `sas`. */
    readonly type?: AuthenticationType;
    readonly symmetricKey?: { readonly primaryKey?: string | null; readonly secondaryKey?: string | null };
    readonly x509Thumbprint?: {
      readonly primaryThumbprint?: string | null;
      readonly secondaryThumbprint?: string | null;
    };
  };
  readonly status?: 'enabled' | 'disabled';
  readonly statusReason?: string | null;
  readonly capabilities?: { readonly iotEdge?: boolean };
  readonly deviceScope?: string | null;
  readonly parentScopes?: readonly string[];
}
