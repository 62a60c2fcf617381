import { type CredentialsView, formatConnectionString } from '@viaduct/contracts';
import type { RegistryEntry } from '@viaduct/hub';
import type { ConsoleParts } from './console-parts.ts';
import { connectionString, isoOrNull } from './device-view.ts';

/** All that a person may have to know of how a device or module proves who it is, keys included. */
export function credentialsView(parts: ConsoleParts, entry: RegistryEntry): CredentialsView {
  const { type, symmetricKey, x509Thumbprint } = entry.authentication;
  const keys = type === 'sas' ? symmetricKey : { primaryKey: null, secondaryKey: null };
  return {
    authentication: type,
    status: entry.status,
    statusReason: entry.statusReason,
    statusChangedAt: isoOrNull(entry.statusUpdatedTime),
    ...keys,
    primaryConnectionString: connectionString(parts, entry, keys.primaryKey),
    secondaryConnectionString: connectionString(parts, entry, keys.secondaryKey),
    certificateConnectionString:
      type === 'selfSigned' || type === 'certificateAuthority' ? certificateConnectionString(parts, entry) : null,
    ...x509Thumbprint,
  };
}

/** As the official SDKs read it: the certificate itself is given to the client apart. */
function certificateConnectionString(parts: ConsoleParts, { deviceId, moduleId }: RegistryEntry): string {
  return formatConnectionString({
    HostName: parts.connectionInfo().hostName,
    DeviceId: deviceId,
    ...(moduleId === undefined ? {} : { ModuleId: moduleId }),
    x509: 'true',
  });
}
