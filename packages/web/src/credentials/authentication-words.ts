import type { DeviceDetail } from '@viaduct/contracts';

type Authentication = DeviceDetail['authentication'];

/** Each kind of credential, as people call it. */
export const AUTHENTICATION_NAMES = {
  sas: 'Symmetric key',
  selfSigned: 'Own certificate',
  certificateAuthority: 'Certificate by an authority',
  none: 'None',
} as const satisfies Record<Authentication, string>;

/** And what it means for whoever sets up the device. */
export const AUTHENTICATION_MEANINGS = {
  sas: 'It signs a token with a secret that it shares with this hub. There are two keys, so that one can be replaced while the other is in use.',
  selfSigned:
    'It shows a certificate in the TLS handshake whose thumbprint is registered here; who signed it does not matter. The private key never leaves the device.',
  certificateAuthority:
    'It shows a certificate whose chain leads to an authority that was verified on the Certificates page, and whose common name (CN) is its id.',
  none: 'It cannot authenticate: it was registered without a credential.',
} as const satisfies Record<Authentication, string>;
