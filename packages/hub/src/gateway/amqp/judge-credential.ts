import { createHash, timingSafeEqual } from 'node:crypto';
import { type DeviceIdentity, HubError, isSas, LIMITS, parseSas, type SasToken } from '@viaduct/contracts';
import { findTokenHolder, isAccessToken } from '../../core/access/access-token.ts';
import { authenticateDevice } from '../../core/access/authenticate-device.ts';
import { decideServiceAccess } from '../../core/access/authorize-service.ts';
import { signSas } from '../../core/access/sas-signature.ts';
import type { Hub } from '../../core/hub.ts';
import type { AccessPolicy, Right } from '../../core/ports.ts';
import { type AccessClaim, devicePath } from './access-claims.ts';
import { identityOf, percentDecoded } from './address.ts';

/** The part of a hub that credentials are judged with. */
type JudgesAccess = Pick<Hub, 'registry' | 'policies' | 'accessTokens' | 'hostNames' | 'clock' | 'authorities'>;

/** What a token is good for. Event Hubs clients ask for `{host}/{eventHub}/…`: below the event hub means may read events. */
export interface AmqpCredentials {
  readonly hub: JudgesAccess;
  readonly eventHubName: string;
}

/** A key shown outright is good for as long as the connection lasts: it is kept as a token that never runs out. */
const NEVER_SECONDS = 999_999_999_999;

/**
 * Judges a token put on a connection. A device's own is checked with its key now, for clients learn of a bad key nowhere
 * else; whether the device may come in is asked again with each session. What a policy's token may be used for is decided
 * by the links that come.
 *
 * @throws HubError credential.*, device.notFound, device.disabled, module.notFound
 */
export async function claimByToken(context: AmqpCredentials, text: string): Promise<AccessClaim> {
  if (isAccessToken(text)) return claimOfAccessToken(context, text);
  if (!isSas(text)) {
    throw new HubError(
      'credential.malformed',
      'only shared access signatures and access tokens of this hub are taken, not tokens of a directory',
    );
  }
  const token = parseSas(text);
  if (token.policy !== undefined) return claimOfPolicy(context, text, token);
  const identity = identityInResource(token.resource);
  if (identity === undefined) {
    throw new HubError(
      'credential.insufficientRights',
      "a token signed with a device key opens only what is the device's own; use a shared access policy",
    );
  }
  return claimOfDevice(context, identity, text, token);
}

/**
 * SASL PLAIN. The user names a policy or an identity, ids escaped; the password is a token, or the key itself.
 *
 *     {policy}@sas.root.{hub} · {policy}@root.{hub} · {policy}                       a policy
 *     {device}[/modules/{module}]@sas.{hub} · {device}[/modules/{module}]@{hub}      an identity
 *
 * @throws HubError credential.*, device.notFound, device.disabled, module.notFound
 */
export async function claimByPassword(
  context: AmqpCredentials,
  userName: string,
  password: string,
): Promise<AccessClaim> {
  const at = userName.lastIndexOf('@');
  const name = at < 0 ? userName : userName.slice(0, at);
  const where = at < 0 ? 'root.' : userName.slice(at + 1);
  if (/^(sas\.)?root\./i.test(where)) return claimByPolicyPassword(context, percentDecoded(name), password);

  const identity = identityInUserName(name);
  if (identity === undefined || where === '') {
    throw new HubError('credential.malformed', 'the user name has none of the known forms');
  }
  const text = isSas(password) ? password : tokenOfKey(context, devicePath(identity), password);
  return claimOfDevice(context, identity, text, parseSas(text));
}

async function claimByPolicyPassword(context: AmqpCredentials, name: string, password: string): Promise<AccessClaim> {
  if (name === '') throw new HubError('credential.malformed', 'the user name has none of the known forms');
  if (isSas(password)) return claimByToken(context, password);
  const policy = await context.hub.policies.find(name);
  if (policy === undefined) throw new HubError('credential.unknownPolicy', 'there is no policy of that name');
  if (![policy.primaryKey, policy.secondaryKey].some((key) => key !== '' && sameText(key, password))) {
    throw new HubError('credential.signatureMismatch', `the password is not a key of policy "${policy.name}"`);
  }
  return claimOf(policy, '', NEVER_SECONDS, tokenOfKey(context, '', password, policy.name));
}

/** What back ends do over AMQP changes things: of the roles, only the widest may. */
async function claimOfAccessToken({ hub }: AmqpCredentials, token: string): Promise<AccessClaim> {
  const { name, role, expiryTime } = await findTokenHolder(hub, token);
  if (role !== 'dataContributor') {
    throw new HubError(
      'credential.insufficientRights',
      `the role ${role} of access token "${name}" opens nothing over AMQP; dataContributor does`,
    );
  }
  const shownAgainBy = hub.clock.now() + LIMITS.ACCESS_TOKEN_AMQP_SECONDS_MAX * 1_000;
  const expiresAt = Math.min(expiryTime, shownAgainBy);
  return { policy: `access token ${name}`, path: '', expiresAt, mayServe: true, mayBeDevice: false, token };
}

async function claimOfPolicy({ hub, eventHubName }: AmqpCredentials, text: string, token: SasToken) {
  const policy = await hub.policies.find(token.policy as string);
  const path = pathIn(token.resource);
  // The path is the token's own, so what is decided here is the host, the signature, the time and the right.
  const resource = path === '' ? `${hub.hostNames[0]}` : `${hub.hostNames[0]}/${path}`;
  const filed = filedPath(path, eventHubName);
  decideServiceAccess(token, policy, { resource, right: rightFor(filed, policy) }, hub.hostNames, hub.clock.now());
  return claimOf(policy as AccessPolicy, filed, token.expiresAtSeconds, text);
}

/** Below `devices` and elsewhere it is clear what a token is meant for; for the whole hub either will do. */
function rightFor(path: string, policy: AccessPolicy | undefined): Right {
  if (/^devices(\/|$)/.test(path)) return 'DeviceConnect';
  return path === '' && policy?.rights.has('DeviceConnect') === true ? 'DeviceConnect' : 'ServiceConnect';
}

async function claimOfDevice(
  { hub }: AmqpCredentials,
  identity: DeviceIdentity,
  text: string,
  token: SasToken,
): Promise<AccessClaim> {
  await authenticateDevice(hub, { identity, token: text, certificate: undefined });
  return {
    policy: token.policy,
    path: devicePath(identity),
    expiresAt: token.expiresAtSeconds * 1_000,
    mayServe: false,
    mayBeDevice: true,
    token: text,
  };
}

function claimOf({ name, rights }: AccessPolicy, path: string, expiresAtSeconds: number, token: string): AccessClaim {
  return {
    policy: name,
    path,
    expiresAt: expiresAtSeconds * 1_000,
    mayServe: rights.has('ServiceConnect'),
    mayBeDevice: rights.has('DeviceConnect'),
    token,
  };
}

function tokenOfKey({ hub }: AmqpCredentials, path: string, key: string, policy?: string): string {
  const host = hub.hostNames[0] ?? '';
  return signSas(path === '' ? host : `${host}/${path}`, key, NEVER_SECONDS, policy);
}

/** What follows the host; nothing for the whole hub. */
function pathIn(resource: string): string {
  const slash = resource.indexOf('/');
  return slash < 0 ? '' : resource.slice(slash + 1);
}

/** Whose token it is, by its resource, whatever name it was put under. */
function identityInResource(resource: string): DeviceIdentity | undefined {
  const [devices, device, modules, module] = pathIn(resource)
    .split('/')
    .filter((part) => part !== '' && !part.startsWith('api-version='));
  if (devices?.toLowerCase() !== 'devices' || device === undefined) return undefined;
  return identityOf(device, modules?.toLowerCase() === 'modules' ? module : undefined);
}

const TELLS_WHO_EXISTS: readonly string[] = [
  'device.notFound',
  'module.notFound',
  'credential.signatureMismatch',
  'credential.wrongType',
];

/** What the peer hears of a refused token: who has no key learns nothing about which devices there are. */
export function guarded(refusal: unknown): unknown {
  if (!(refusal instanceof HubError) || !TELLS_WHO_EXISTS.includes(refusal.code)) return refusal;
  return new HubError('credential.signatureMismatch', 'the token is not signed with a key that opens this resource');
}

/** Whom a credential speaks for, as far as it can be told before it is judged: for the list of refusals. */
export function claimedIdentity(credential: {
  readonly token?: string;
  readonly userName?: string;
}): DeviceIdentity | undefined {
  const { token, userName } = credential;
  if (userName !== undefined) {
    const at = userName.lastIndexOf('@');
    const isPolicy = at < 0 || /^(sas\.)?root\./i.test(userName.slice(at + 1));
    return isPolicy ? undefined : identityInUserName(userName.slice(0, at));
  }
  try {
    return identityInResource(parseSas(token ?? '').resource);
  } catch {
    // Whoever it is, it cannot be read.
    return undefined;
  }
}

function identityInUserName(name: string): DeviceIdentity | undefined {
  const [, device, module] = /^([^/]+)(?:\/modules\/([^/]+))?$/i.exec(name) ?? [];
  return device === undefined ? undefined : identityOf(device, module);
}

function filedPath(path: string, eventHubName: string): string {
  const lower = path.toLowerCase();
  const entity = eventHubName.toLowerCase();
  const ofEvents = [entity, 'messages/events'].some((prefix) => lower === prefix || lower.startsWith(`${prefix}/`));
  if (ofEvents) return 'messages/events';
  const identity = identityInResource(`/${path}`);
  return identity === undefined ? lower : devicePath(identity);
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
