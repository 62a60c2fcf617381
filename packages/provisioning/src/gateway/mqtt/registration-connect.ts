import { HubError, LIMITS } from '@viaduct/contracts';
import type { IConnectPacket } from 'mqtt-packet';
import { requireApiVersion } from '../api-version.ts';

/** What a CONNECT of a device that wants to be provisioned says. */
export interface RegistrationConnect {
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string;
  /** The password: a shared access signature; undefined when the device means its client certificate. */
  readonly token: string | undefined;
  /** Silence after which the connection is given up: 1.5 times what the client asked for, capped, milliseconds. */
  readonly silenceMsMax: number;
}

/**
 *     {idScope}/registrations/{registrationId}/api-version=2019-03-31[&ClientVersion=…]      as SDKs write it
 *     {idScope}/registrations/{registrationId}/?api-version=…                                as the hub has it
 */
const USER_NAME = /^([^/]+)\/registrations\/([^/?]+)(?:\/\??(.*))?$/is;

/**
 * Whether a user name is for provisioning, and not of module `…` of the hub's device `registrations`: an id scope has no dots, as host
 * names have, and is none of this server's names. Pure.
 */
export function isRegistrationUser(userName: string | undefined, hostNames: readonly string[]): boolean {
  const [, idScope] = USER_NAME.exec(userName ?? '') ?? [];
  return idScope !== undefined && !/[.:]/.test(idScope) && !hostNames.includes(idScope.toLowerCase());
}

/** The registration id that a CONNECT claims, as far as it can be told: for the list of attempts. */
export function claimedRegistrationId({ username }: IConnectPacket): string {
  return USER_NAME.exec(username ?? '')?.[2] ?? '';
}

/**
 * Reads a CONNECT. Pure. Whether the session is to be clean does not matter, for none is kept; a will is not looked at.
 *
 * @throws HubError protocol.versionUnsupported, credential.malformed, connection.identifierRejected, argument.invalid
 */
export function readRegistrationConnect(packet: IConnectPacket): RegistrationConnect {
  const { protocolId, protocolVersion, clientId, username = '', keepalive = 0 } = packet;
  if (protocolId !== 'MQTT' || protocolVersion !== 4) {
    throw new HubError(
      'protocol.versionUnsupported',
      `${protocolId} level ${protocolVersion} is not spoken here, only MQTT 3.1.1`,
    );
  }
  const [, idScope, registrationId, properties = ''] = USER_NAME.exec(username) ?? [];
  if (idScope === undefined || registrationId === undefined) {
    throw new HubError(
      'credential.malformed',
      `user name ${JSON.stringify(username.slice(0, 300))} is not {idScope}/registrations/{registrationId}/api-version=…`,
    );
  }
  if (clientId.toLowerCase() !== registrationId.toLowerCase()) {
    throw new HubError(
      'connection.identifierRejected',
      `client id ${JSON.stringify(clientId.slice(0, 140))} and user name ${JSON.stringify(registrationId.slice(0, 140))} name different devices`,
    );
  }
  const password = packet.password?.toString();
  const keepAliveMs = keepalive * 1_500 || Number.POSITIVE_INFINITY;
  return {
    ...{ idScope, registrationId },
    apiVersion: requireApiVersion(/(?:^|&)api-version=([^&]*)/i.exec(properties)?.[1]),
    token: password === '' ? undefined : password,
    silenceMsMax: Math.min(keepAliveMs, LIMITS.MQTT_KEEP_ALIVE_SECONDS_MAX * 1_000),
  };
}
