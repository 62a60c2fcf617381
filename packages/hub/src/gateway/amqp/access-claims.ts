import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';

/** What a link for back ends must be allowed to do, as the path a token's resource has to cover. */
export type AmqpScope = 'messages/events' | 'messages/devicebound' | 'messages/servicebound';

/** Something a peer has proved: that it may act as a back end or as devices, on a part of the hub, for a time. */
export interface AccessClaim {
  /** Undefined for what a device's own key signed. */
  readonly policy: string | undefined;
  /** Without host: empty for the whole hub; words in lower case, ids decoded. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly mayServe: boolean;
  readonly mayBeDevice: boolean;
  /** What proves it once more when a device's link comes. */
  readonly token: string;
}

/**
 * All that one connection has proved. A token put again for the same part of the hub takes the older one's place, even
 * where it runs out earlier: the older one's key may be gone by now.
 *
 * Looking up what covers a device takes no longer with a thousand devices on the connection than with one.
 */
export class AccessClaims {
  /** By path, then by policy. */
  readonly #claims = new Map<string, Map<string | undefined, AccessClaim>>();
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** @throws HubError quota.exceeded */
  add(claim: AccessClaim): void {
    const samePath = this.#claims.get(claim.path) ?? new Map<string | undefined, AccessClaim>();
    const older = samePath.get(claim.policy);
    if (older === undefined && this.#size >= LIMITS.AMQP_TOKENS_MAX) {
      throw new HubError('quota.exceeded', `more than ${LIMITS.AMQP_TOKENS_MAX} tokens on one connection`);
    }
    if (older === undefined) this.#size++;
    samePath.set(claim.policy, claim);
    this.#claims.set(claim.path, samePath);
  }

  /** What lets a back end use `scope`. @throws HubError credential.missing, credential.wrongResource, credential.insufficientRights, connection.tokenExpired */
  require(scope: AmqpScope, now: number): AccessClaim {
    const covering = [...this.#claims]
      .filter(([path]) => coversScope(path, scope))
      .flatMap(([, same]) => [...same.values()]);
    const able = covering.filter(({ mayServe }) => mayServe);
    if (covering.length > 0 && able.length === 0) {
      throw new HubError('credential.insufficientRights', 'no policy on this connection grants ServiceConnect');
    }
    return this.#valid(able, now, scope);
  }

  /** What lets the peer speak for `identity`. @throws as `require` does */
  requireDevice(identity: DeviceIdentity, now: number): AccessClaim {
    const covering = pathsAbove(identity).flatMap((path) => [...(this.#claims.get(path)?.values() ?? [])]);
    const able = covering.filter(({ mayBeDevice }) => mayBeDevice);
    if (covering.length > 0 && able.length === 0) {
      throw new HubError('credential.insufficientRights', 'no policy on this connection grants DeviceConnect');
    }
    return this.#valid(able, now, devicePath(identity));
  }

  /** Whether anything was proved that is about others than this identity. */
  coversOthersThan(identity: DeviceIdentity): boolean {
    return this.#claims.size > (this.#claims.has(devicePath(identity)) ? 1 : 0);
  }

  /** When the next claim runs out after `now`; Infinity for never. */
  nextExpiry(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const same of this.#claims.values()) {
      for (const { expiresAt } of same.values()) if (expiresAt > now) next = Math.min(next, expiresAt);
    }
    return next;
  }

  #valid(covering: readonly AccessClaim[], now: number, wanted: string): AccessClaim {
    if (this.isEmpty) throw new HubError('credential.missing', 'no token was put on this connection');
    if (covering.length === 0) {
      throw new HubError('credential.wrongResource', `no token on this connection is for "${wanted}"`);
    }
    const valid = covering.find(({ expiresAt }) => expiresAt > now);
    if (valid === undefined) throw new HubError('connection.tokenExpired', 'the token ran out and was not renewed');
    return valid;
  }
}

/** Where a claim about exactly this identity is filed. */
export function devicePath({ deviceId, moduleId }: DeviceIdentity): string {
  return moduleId === undefined ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
}

/** Claims that may cover an identity, the narrowest first: a device's own token before a policy's. */
function pathsAbove(identity: DeviceIdentity): string[] {
  const parts = devicePath(identity).split('/');
  return parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('/')).concat('');
}

function coversScope(path: string, scope: AmqpScope): boolean {
  return path === '' || path === scope || scope.startsWith(`${path}/`) || path.startsWith(`${scope}/`);
}
