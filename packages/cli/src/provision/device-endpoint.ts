import { signToken } from '../sign-token.ts';

/** Where devices register, and what they trust. */
export interface DeviceEndpoint {
  readonly hostName: string;
  readonly httpsPort: number;
  readonly mqttPort: number;
  readonly idScope: string;
  /** PEM; undefined for the system's roots. */
  readonly ca: string | undefined;
}

/** What a device has to show. */
export type DeviceProof =
  /** Base64. */
  | { readonly kind: 'key'; readonly key: string }
  /** PEM: its own certificate first, then those in between. */
  | { readonly kind: 'certificate'; readonly certificate: string; readonly privateKey: string };

/** What a device says to the provisioning service. */
export type DeviceQuestion =
  | { readonly kind: 'register'; readonly body: object }
  | { readonly kind: 'poll'; readonly operationId: string };

/** A refusal too is an answer. */
export interface DeviceAnswer {
  readonly status: number;
  /** When to ask again; undefined where it was not told. */
  readonly retryAfterSeconds: number | undefined;
  readonly value: unknown;
}

/** A device at the door, over one protocol. */
export interface AsksAsDevice {
  /** @throws Node's error for a broken connection */
  ask(question: DeviceQuestion): Promise<DeviceAnswer>;
  close(): void;
}

/** @throws HubError when it is not even let in to ask, where the protocol tells so; Node's error for a broken connection */
export type OpenAsDevice = (
  endpoint: DeviceEndpoint,
  registrationId: string,
  proof: DeviceProof,
  version: string,
) => Promise<AsksAsDevice>;

/** How long any answer is waited for. */
export const ANSWER_MS_MAX = 60_000;

const TOKEN_SECONDS = 3_600;

/** Source: Azure DPS, "Symmetric key attestation": the resource is the registration, the policy is always `registration`. */
export function registrationToken(idScope: string, registrationId: string, key: string): string {
  const resource = `${idScope}/registrations/${registrationId}`;
  const expiresAtSeconds = Math.floor(Date.now() / 1_000) + TOKEN_SECONDS;
  return signToken({ resource, key, policy: 'registration', expiresAtSeconds });
}
