import { type DeviceIdentity, HubError, identityKey, LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry } from '../ports.ts';
import type { DeviceSession } from '../session/device-session.ts';

export interface MethodRequest {
  readonly methodName: string;
  /** Any JSON value; undefined when the caller sent none. */
  readonly payload?: unknown;
  /** How long the device may take, seconds. */
  readonly responseTimeoutSeconds?: number;
  /** How long to wait for a device that is not connected, seconds; 0 for not at all. */
  readonly connectTimeoutSeconds?: number;
}

export interface MethodResponse {
  /** The device's own choice; by custom an HTTP status. */
  readonly status: number;
  readonly payload: unknown;
}

/**
 * Calls a method of a device and resolves with its answer: now or never, nothing is queued.
 *
 * `signal` aborts when the caller went away; the device then answers into the void.
 *
 * @throws HubError device.notFound, module.notFound, device.notOnline, method.timeout, method.badResponse, method.tooMany,
 *   message.tooLarge, argument.invalid
 */
export async function invokeMethod(
  hub: KeepsRegistry & HoldsSessions,
  identity: DeviceIdentity,
  request: MethodRequest,
  signal: AbortSignal,
): Promise<MethodResponse> {
  const { call, responseSeconds, connectSeconds } = requireMethod(request);
  const session = await untilListening(hub, identity, connectSeconds, signal);
  const timeout = AbortSignal.timeout(responseSeconds * 1000);
  const answer = await inFlight(session, () => session.invokeMethod(call, AbortSignal.any([timeout, signal]))).catch(
    (error: unknown) => {
      if (timeout.aborted)
        throw new HubError(
          'method.timeout',
          `"${identityKey(identity)}" did not answer "${call.methodName}" within ${responseSeconds} s`,
        );
      throw error;
    },
  );
  return { status: answer.status, payload: decodePayload(answer.payload, call.methodName) };
}

/** What is to be called, checked. @throws HubError argument.invalid, message.tooLarge */
export function requireMethod(request: MethodRequest) {
  return {
    call: { methodName: requireName(request.methodName), payload: encodePayload(request.payload) },
    responseSeconds: within(
      'responseTimeoutInSeconds',
      request.responseTimeoutSeconds ?? LIMITS.METHOD_RESPONSE_SECONDS_DEFAULT,
      LIMITS.METHOD_RESPONSE_SECONDS_MIN,
      LIMITS.METHOD_RESPONSE_SECONDS_MAX,
    ),
    connectSeconds: within(
      'connectTimeoutInSeconds',
      request.connectTimeoutSeconds ?? 0,
      0,
      LIMITS.METHOD_CONNECT_SECONDS_MAX,
    ),
  };
}

/**
 * The session of a device once it takes methods, or at once when it does.
 *
 * @throws HubError device.notFound, module.notFound, device.notOnline when it does not in time, or `signal` aborts first
 */
export async function untilListening(
  hub: KeepsRegistry & HoldsSessions,
  identity: DeviceIdentity,
  connectSeconds: number,
  signal: AbortSignal,
): Promise<DeviceSession> {
  const session = hub.sessions.find(identity);
  if (session?.listensForMethods) return session;
  if ((await hub.registry.find(identity)) === undefined) {
    throw new HubError(
      identity.moduleId === undefined ? 'device.notFound' : 'module.notFound',
      `there is no "${identityKey(identity)}"`,
    );
  }
  const timeout = AbortSignal.timeout(connectSeconds * 1000);
  const waited = connectSeconds === 0 ? AbortSignal.abort() : AbortSignal.any([timeout, signal]);
  return hub.sessions.untilReadyForMethods(identity, waited).catch(() => {
    const what =
      hub.sessions.find(identity) === undefined ? 'is not connected' : 'is connected but does not listen for methods';
    throw new HubError('device.notOnline', `"${identityKey(identity)}" ${what}`);
  });
}

/** Calls under way, per session: the bound that keeps one caller from drowning a device. */
const underWay = new WeakMap<DeviceSession, number>();

async function inFlight<T>(session: DeviceSession, call: () => Promise<T>): Promise<T> {
  const count = underWay.get(session) ?? 0;
  if (count >= LIMITS.METHOD_IN_FLIGHT_MAX) {
    throw new HubError(
      'method.tooMany',
      `${count} calls to "${identityKey(session.identity)}" are under way; at most ${LIMITS.METHOD_IN_FLIGHT_MAX} may be`,
    );
  }
  underWay.set(session, count + 1);
  try {
    return await call();
  } finally {
    underWay.set(session, (underWay.get(session) ?? 1) - 1);
  }
}

function requireName(name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.length > LIMITS.METHOD_NAME_CHARACTERS_MAX) {
    throw new HubError(
      'argument.invalid',
      `methodName must be a text of 1 to ${LIMITS.METHOD_NAME_CHARACTERS_MAX} characters`,
    );
  }
  return name;
}

function within(name: string, value: number, min: number, max: number): number {
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new HubError('argument.invalid', `${name} must be between ${min} and ${max}, not ${value}`);
  }
  return value;
}

function encodePayload(payload: unknown): Buffer {
  const bytes = payload === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(payload));
  if (bytes.length > LIMITS.METHOD_BYTES_MAX) {
    throw new HubError(
      'message.tooLarge',
      `the payload has ${bytes.length} bytes; at most ${LIMITS.METHOD_BYTES_MAX} are accepted`,
    );
  }
  return bytes;
}

function decodePayload(payload: Buffer, methodName: string): unknown {
  if (payload.length > LIMITS.METHOD_BYTES_MAX) {
    throw new HubError(
      'message.tooLarge',
      `the answer has ${payload.length} bytes; at most ${LIMITS.METHOD_BYTES_MAX} are accepted`,
    );
  }
  const text = payload.toString('utf8').trim();
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HubError('method.badResponse', `the answer to "${methodName}" is not JSON`, { cause });
  }
}
