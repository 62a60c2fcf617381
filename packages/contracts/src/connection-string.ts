import { HubError } from './errors.ts';

/** The parts of an IoT connection string. Names as SDKs write them; values may contain `=`. */
export type ConnectionStringParts = Readonly<Record<string, string>>;

/** @throws HubError argument.invalid */
export function parseConnectionString(text: string): ConnectionStringParts {
  const parts: Record<string, string> = {};
  for (const pair of text.trim().split(';')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    if (equals < 1) throw new HubError('argument.invalid', 'a connection string is name=value pairs joined by ";"');
    parts[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return parts;
}

export function formatConnectionString(parts: ConnectionStringParts): string {
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}

export function hubConnectionString(hostName: string, policy: string, key: string): string {
  return formatConnectionString({ HostName: hostName, SharedAccessKeyName: policy, SharedAccessKey: key });
}

export function deviceConnectionString(hostName: string, deviceId: string, key: string): string {
  return formatConnectionString({ HostName: hostName, DeviceId: deviceId, SharedAccessKey: key });
}

export function eventHubsConnectionString(hostName: string, policy: string, key: string, entityPath: string): string {
  return formatConnectionString({
    Endpoint: `sb://${hostName}/`,
    SharedAccessKeyName: policy,
    SharedAccessKey: key,
    EntityPath: entityPath,
  });
}
