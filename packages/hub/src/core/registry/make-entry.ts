import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { Authentication, MakesRandomness, RegistryEntry, TellsTime } from '../ports.ts';
import type { DeviceInput } from './device-input.ts';

const KEY_BYTES = 32;
const TICKS_PER_MS = 10_000n;
/** Milliseconds from the year 1 to 1970: generation ids count the ticks that .NET counts. */
const MS_BEFORE_1970 = 62_135_596_800_000n;

/** A new entry from what the back end said. @throws HubError argument.invalid */
export function newEntry(
  hub: TellsTime & MakesRandomness,
  identity: DeviceIdentity,
  input: DeviceInput,
): RegistryEntry {
  const now = hub.clock.now();
  const generationId = newGenerationId(hub);
  const iotEdge = input.capabilities?.iotEdge ?? false;
  return {
    deviceId: identity.deviceId,
    ...(identity.moduleId === undefined ? {} : { moduleId: identity.moduleId }),
    generationId,
    etag: newEtag(hub),
    status: statusOf(input.status ?? 'enabled'),
    statusReason: reasonOf(input.statusReason ?? null),
    statusUpdatedTime: 0,
    createdTime: now,
    authentication: authenticationOf(hub, input.authentication ?? {}, undefined),
    capabilities: { iotEdge },
    // An Edge device is the root of a scope of its own; a leaf names its parent's.
    deviceScope: iotEdge ? `ms-azure-iot-edge://${identity.deviceId}-${generationId}` : (input.deviceScope ?? null),
    parentScopes: input.parentScopes ?? [],
    modelId: null,
  };
}

/** An entry changed by what the back end said; what it did not mention stays. @throws HubError argument.invalid */
export function changedEntry(
  hub: TellsTime & MakesRandomness,
  entry: RegistryEntry,
  input: DeviceInput,
): RegistryEntry {
  const status = statusOf(input.status ?? entry.status);
  return {
    ...entry,
    etag: newEtag(hub),
    status,
    statusReason: input.statusReason === undefined ? entry.statusReason : reasonOf(input.statusReason),
    statusUpdatedTime: status === entry.status ? entry.statusUpdatedTime : hub.clock.now(),
    authentication:
      input.authentication === undefined
        ? entry.authentication
        : authenticationOf(hub, input.authentication, entry.authentication),
    capabilities: { iotEdge: input.capabilities?.iotEdge ?? entry.capabilities.iotEdge },
    deviceScope: input.deviceScope === undefined ? entry.deviceScope : input.deviceScope,
    parentScopes: input.parentScopes ?? entry.parentScopes,
  };
}

/** Base64 of a number, as Azure's identity etags look; random, so that a namesake of a deleted device has another. */
export function newEtag(hub: MakesRandomness): string {
  return Buffer.from(String(hub.random.bytes(6).readUIntBE(0, 6))).toString('base64');
}

/** .NET ticks of now, the last four digits random: two of one millisecond differ too. */
function newGenerationId(hub: TellsTime & MakesRandomness): string {
  const ticks = (BigInt(hub.clock.now()) + MS_BEFORE_1970) * TICKS_PER_MS;
  return String(ticks + (BigInt(hub.random.bytes(4).readUInt32BE()) % TICKS_PER_MS));
}

function statusOf(status: string): 'enabled' | 'disabled' {
  if (status === 'enabled' || status === 'disabled') return status;
  throw invalid('status is "enabled" or "disabled"');
}

function reasonOf(reason: string | null): string | null {
  if (reason !== null && reason.length > LIMITS.STATUS_REASON_CHARACTERS_MAX) {
    throw invalid(`statusReason has at most ${LIMITS.STATUS_REASON_CHARACTERS_MAX} characters`);
  }
  return reason;
}

function authenticationOf(
  hub: MakesRandomness,
  input: NonNullable<DeviceInput['authentication']>,
  before: Authentication | undefined,
): Authentication {
  const thumbprints = {
    primaryThumbprint: thumbprintOf(input.x509Thumbprint?.primaryThumbprint),
    secondaryThumbprint: thumbprintOf(input.x509Thumbprint?.secondaryThumbprint),
  };
  const hasThumbprint = thumbprints.primaryThumbprint !== null || thumbprints.secondaryThumbprint !== null;
  const type = input.type ?? (hasThumbprint ? 'selfSigned' : 'sas');
  const noKeys = { primaryKey: null, secondaryKey: null };
  const noThumbprints = { primaryThumbprint: null, secondaryThumbprint: null };
  switch (type) {
    case 'sas': {
      const [primaryKey, secondaryKey] = (['primaryKey', 'secondaryKey'] as const).map((which) =>
        keyOf(hub, input.symmetricKey?.[which], before?.symmetricKey[which] ?? null),
      );
      return {
        type,
        symmetricKey: { primaryKey: primaryKey!, secondaryKey: secondaryKey! },
        x509Thumbprint: noThumbprints,
      };
    }
    case 'selfSigned': {
      const x509Thumbprint = input.x509Thumbprint === undefined && before ? before.x509Thumbprint : thumbprints;
      if (x509Thumbprint.primaryThumbprint === null && x509Thumbprint.secondaryThumbprint === null) {
        throw invalid('a device of type selfSigned needs a thumbprint');
      }
      return { type, symmetricKey: noKeys, x509Thumbprint };
    }
    case 'certificateAuthority':
    case 'none':
      return { type, symmetricKey: noKeys, x509Thumbprint: noThumbprints };
    default: {
      throw invalid(
        `authentication.type is sas, selfSigned, certificateAuthority or none, not ${type satisfies never}`,
      );
    }
  }
}

/** Absent: what was there before. Empty, or nothing before: a new one. */
function keyOf(hub: MakesRandomness, given: string | null | undefined, before: string | null): string {
  if (given === undefined || given === null) return before ?? newKey(hub);
  if (given === '') return newKey(hub);
  const bytes = Buffer.from(given, 'base64');
  const isBase64 = bytes.toString('base64') === given;
  if (!isBase64 || bytes.length < LIMITS.DEVICE_KEY_BYTES_MIN || bytes.length > LIMITS.DEVICE_KEY_BYTES_MAX) {
    throw invalid(
      `a symmetric key is base64 of ${LIMITS.DEVICE_KEY_BYTES_MIN} to ${LIMITS.DEVICE_KEY_BYTES_MAX} bytes`,
    );
  }
  return given;
}

function newKey(hub: MakesRandomness): string {
  return hub.random.bytes(KEY_BYTES).toString('base64');
}

/** Upper case, without the colons that certificate tools print. */
function thumbprintOf(given: string | null | undefined): string | null {
  if (given === undefined || given === null || given === '') return null;
  const hex = given.replace(/[:\s]/g, '').toUpperCase();
  if (!/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(hex)) throw invalid('a thumbprint is 40 or 64 hex digits');
  return hex;
}

function invalid(why: string): HubError {
  return new HubError('argument.invalid', why);
}
