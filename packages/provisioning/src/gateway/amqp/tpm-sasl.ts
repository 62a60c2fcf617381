import { HubError } from '@viaduct/contracts';
import type { RegistrationName } from './registration-address.ts';

/**
 * The bytes of the SASL mechanism `TPM`. Pure.
 *
 *     client  00 idScope 00 registrationId 00 endorsementKey
 *     server  00
 *     client  00 storageRootKey
 *     server  80 first half of the challenge
 *     client  00
 *     server  C1 second half
 *     client  00 token
 *
 * The first byte of what the server says is 0x80 for a piece, 0x40 more for the last, and the piece's number in the two low bits.
 * Sources: Azure IoT SDKs: sasl_tpm.ts (Node), prov_sasl_tpm.c (C), SaslTpmHandler.cs (C#), AmqpsProvisioningSaslHandler.java.
 */
export interface TpmInit extends RegistrationName {
  readonly endorsementKey: Buffer;
}

/** What the device is asked for first: its storage root key. One client insists on this very byte. */
export const TPM_FIRST_CHALLENGE = Buffer.of(0);

/** Before a peer has said anything of itself a frame has at most 512 bytes; the rest is the frame's own. Source: AMQP 1.0 part 5 §5.3.1. */
const PIECE_BYTES_MAX = 470;
/** Two bits of numbering; and a client that counts on past them would lose its place. */
const PIECES_MAX = 4;
/** One client knows of exactly two pieces, however short. */
const PIECES_MIN = 2;
const Control = { said: 0x00, piece: 0x80, last: 0x40 } as const;

/** @throws HubError credential.malformed */
export function parseTpmInit(bytes: Buffer): TpmInit {
  const said = parseTpmResponse(bytes);
  const scopeEnd = said.indexOf(0);
  const idEnd = said.indexOf(0, scopeEnd + 1);
  if (scopeEnd < 1 || idEnd < 0) throw malformed('it begins with no id scope and registration id');
  const endorsementKey = said.subarray(idEnd + 1);
  if (endorsementKey.length === 0) throw malformed('the endorsement key is missing');
  return {
    idScope: said.toString('utf8', 0, scopeEnd),
    registrationId: said.toString('utf8', scopeEnd + 1, idEnd),
    endorsementKey,
  };
}

/** What follows the first byte. @throws HubError credential.malformed */
export function parseTpmResponse(bytes: Buffer): Buffer {
  if (bytes[0] !== Control.said) throw malformed('a response does not begin with a zero byte');
  return bytes.subarray(1);
}

/** @throws HubError server.fault when it is longer than any challenge of a TPM */
export function tpmChallenges(challenge: Buffer): readonly Buffer[] {
  const count = Math.max(PIECES_MIN, Math.ceil(challenge.length / PIECE_BYTES_MAX));
  if (count > PIECES_MAX) throw new HubError('server.fault', `a challenge of ${challenge.length} bytes cannot be sent`);
  const pieceBytes = Math.ceil(challenge.length / count);
  return Array.from({ length: count }, (_, number) => {
    const control = Control.piece | number | (number === count - 1 ? Control.last : 0);
    return Buffer.concat([Buffer.of(control), challenge.subarray(number * pieceBytes, (number + 1) * pieceBytes)]);
  });
}

function malformed(why: string): HubError {
  return new HubError('credential.malformed', `SASL TPM: ${why}`);
}
