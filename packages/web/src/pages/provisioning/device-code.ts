import type { ConnectionInfo } from '@viaduct/contracts';

/** What a QR code for one device holds; documented in docs/operating/provisioning.md. */
export interface DeviceCode {
  readonly kind: 'viaduct.provisioning/1';
  readonly host: string;
  /** Absent where all are standard. */
  readonly ports?: ConnectionInfo['ports'];
  readonly idScope: string;
  readonly registrationId: string;
  /** The same under the names that Azure IoT Central's Connect dialog gives them. */
  readonly deviceId: string;
  readonly key?: string;
  /** Base64; absent for a device with a certificate. */
  readonly symmetricKey?: string;
  /** SHA-256 of the server's root certificate, hex, so that whoever reads the code knows whom to trust. */
  readonly caSha256: string;
}

const STANDARD = { mqtt: 8_883, amqp: 5_671, https: 443 } as const;

export function deviceCode(
  { hostName, ports, caSha256 }: Pick<ConnectionInfo, 'hostName' | 'ports' | 'caSha256'>,
  { idScope, registrationId, key }: { idScope: string; registrationId: string; key: string | null },
): DeviceCode {
  const { mqtt, amqp, https } = ports;
  const isStandard = mqtt === STANDARD.mqtt && amqp === STANDARD.amqp && https === STANDARD.https;
  return {
    kind: 'viaduct.provisioning/1',
    host: hostName,
    ...(isStandard ? {} : { ports: { mqtt, amqp, https } }),
    idScope,
    registrationId,
    deviceId: registrationId,
    ...(key === null ? {} : { symmetricKey: key, key }),
    caSha256: caSha256.replaceAll(':', ''),
  };
}
