import type { JsonObject } from '@viaduct/contracts';
import { getDevice } from '@viaduct/hub';
import type { Central } from '../central.ts';
import { findAttestation } from './individual-attestation.ts';

/** What a device needs to register and connect: the scope, and its keys or what its certificate must be. @throws HubError device.notFound */
export async function deviceCredentials(
  central: Pick<Central, 'hub' | 'provisioning'>,
  deviceId: string,
): Promise<JsonObject> {
  const { authentication } = await getDevice(central.hub, { deviceId });
  const { idScope } = await central.provisioning.settings.get();
  const { primaryKey, secondaryKey } = authentication.symmetricKey;
  if (authentication.type === 'sas') return { idScope, symmetricKey: { primaryKey, secondaryKey } };
  const { primaryThumbprint, secondaryThumbprint } = authentication.x509Thumbprint;
  if (authentication.type === 'selfSigned') {
    const clientCertificates = {
      primary: certificate(primaryThumbprint ?? secondaryThumbprint ?? ''),
      ...(secondaryThumbprint === null ? {} : { secondary: certificate(secondaryThumbprint) }),
    };
    return { idScope, x509: { clientCertificates } };
  }
  const attestation = await findAttestation(central, deviceId);
  return { idScope, ...(attestation?.tpm === undefined ? {} : { tpm: attestation.tpm }) };
}

function certificate(thumbprint: string): JsonObject {
  return { info: { sha1Thumbprint: thumbprint } };
}
