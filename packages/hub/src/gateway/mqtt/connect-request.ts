import {
  asHubError,
  type DeviceIdentity,
  HubError,
  identityKey,
  isDtmi,
  LIMITS,
  parseIdentityKey,
  parsePublishTopic,
} from '@viaduct/contracts';
import type { IConnectPacket } from 'mqtt-packet';

/** What a CONNECT asks for. */
export interface ConnectRequest {
  readonly identity: DeviceIdentity;
  /** The password: a shared access signature; undefined when the device means its client certificate. */
  readonly token: string | undefined;
  readonly modelId: string | null;
  readonly cleanSession: boolean;
  /** Silence after which the connection is given up: 1.5 times what the client asked for, capped, milliseconds. */
  readonly silenceMsMax: number;
  readonly will: Will | null;
  /** Why the will was dropped; null when it was not. */
  readonly willRefusal: HubError | null;
}

interface Will {
  readonly bag: string;
  readonly body: Buffer;
  readonly retain: boolean;
}

/**
 * Reads a CONNECT. Pure.
 *
 * @throws HubError protocol.versionUnsupported, connection.identifierRejected, credential.malformed, protocol.violation
 */
export function readConnect(packet: IConnectPacket): ConnectRequest {
  if (packet.protocolId !== 'MQTT' || packet.protocolVersion !== 4) {
    throw new HubError(
      'protocol.versionUnsupported',
      `${packet.protocolId} level ${packet.protocolVersion} is not spoken here, only MQTT 3.1.1`,
    );
  }
  const identity = readClientId(packet.clientId);
  const user = readUserName(packet.username);
  if (user.idPath !== identityKey(identity)) {
    throw new HubError(
      'connection.identifierRejected',
      `client id "${packet.clientId}" and user name "${user.idPath}" name different devices`,
    );
  }
  const password = packet.password?.toString();
  const keepAliveMs = (packet.keepalive ?? 0) * 1_500 || Number.POSITIVE_INFINITY;
  return {
    identity,
    token: password === '' ? undefined : password,
    modelId: user.modelId,
    cleanSession: packet.clean ?? true,
    silenceMsMax: Math.min(keepAliveMs, LIMITS.MQTT_KEEP_ALIVE_SECONDS_MAX * 1_000),
    ...readWill(identity, packet.will),
  };
}

/** The id a client claims, as far as it can be told: for the list of refusals. */
export function claimedDeviceId(packet: IConnectPacket): string | null {
  try {
    return parseIdentityKey(packet.clientId).deviceId;
  } catch {
    // Whoever it is, it names no device that could exist.
    return null;
  }
}

function readClientId(clientId: string): DeviceIdentity {
  try {
    return parseIdentityKey(clientId);
  } catch (cause) {
    throw new HubError(
      'connection.identifierRejected',
      `client id ${JSON.stringify(clientId.slice(0, 300))} is not a device id`,
      { cause },
    );
  }
}

/**
 *     {host}/{device}[/{module}]/?api-version=…&model-id=…      as SDKs write it
 *     {host}/{device}[/{module}]/api-version=…                  as old ones do
 *
 * `?` may be part of an id, so the properties begin at the *last* `/?`. Values may be escaped or not.
 */
function readUserName(userName: string | undefined): { idPath: string; modelId: string | null } {
  if (!userName) throw new HubError('credential.malformed', 'CONNECT carries no user name');
  const query = userName.lastIndexOf('/?');
  const cut = query >= 0 ? query : userName.indexOf('/api-version=');
  const path = cut >= 0 ? userName.slice(0, cut) : userName;
  const slash = path.indexOf('/');
  if (slash < 1 || slash === path.length - 1) {
    throw new HubError(
      'credential.malformed',
      `user name ${JSON.stringify(userName.slice(0, 300))} is not {host}/{device}/?api-version=…`,
    );
  }
  const properties = cut >= 0 ? userName.slice(cut + 1).replace(/^\?/, '') : '';
  return { idPath: path.slice(slash + 1).replace(/\/$/, ''), modelId: findModelId(properties) };
}

function findModelId(properties: string): string | null {
  const raw = /(?:^|&)model-id=([^&]*)/.exec(properties)?.[1];
  if (raw === undefined) return null;
  // The Node client does not escape the `;` and `:` of a model id, the others do; a model id has no `%` of its own.
  const modelId = raw.replaceAll(/%3a/gi, ':').replaceAll(/%3b/gi, ';');
  return isDtmi(modelId) ? modelId : null;
}

function readWill(
  identity: DeviceIdentity,
  will: IConnectPacket['will'],
): Pick<ConnectRequest, 'will' | 'willRefusal'> {
  if (will === undefined) return { will: null, willRefusal: null };
  if (will.qos === 2) throw new HubError('protocol.violation', 'a will with QoS 2 is not supported');
  const { topic: path, payload, retain = false } = will;
  try {
    const topic = parsePublishTopic(identity, path);
    if (topic.kind !== 'telemetry') throw new HubError('topic.forbidden', `a will is telemetry, not "${path}"`);
    return { will: { bag: topic.bag, body: Buffer.from(payload), retain }, willRefusal: null };
  } catch (error) {
    // As the reference service does: a will for somebody else's topic is dropped, the device may still connect.
    return { will: null, willRefusal: asHubError(error) };
  }
}
