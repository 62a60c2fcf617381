import { createHmac } from 'node:crypto';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';

/**
 * The key of one device of a group: the group's key over the registration id in lower case, which is how ids compare. Pure.
 *
 * @param groupKey base64
 * @throws CliFailure usage when the key is not base64
 * @see Azure DPS, "Symmetric key attestation", group enrollments
 */
export function deriveDeviceKey(groupKey: string, registrationId: string): string {
  return createHmac('sha256', readKey(groupKey)).update(registrationId.toLowerCase(), 'utf8').digest('base64');
}

function readKey(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > 0 && bytes.toString('base64').replace(/=+$/, '') === text.trim().replace(/=+$/, '')) return bytes;
  throw new CliFailure(
    ExitCode.usage,
    'the key is not base64',
    'Copy the whole key of the group; `viaduct enrollment show GROUP --group --keys` prints it.',
  );
}
