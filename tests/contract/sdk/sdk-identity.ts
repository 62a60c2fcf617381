import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type DeviceIdentity, formatSas, identityKey, sasSignedText } from '@viaduct/contracts';
import { createDevice } from '@viaduct/hub';
import type { TestServer } from '@viaduct/testkit';
import { NoRetry } from 'azure-iot-common';
import { Client, ModuleClient, X509AuthenticationProvider } from 'azure-iot-device';
import { type DeviceCertificate, selfSignedCertificate, type TestAuthority } from './certificates.ts';
import { TRANSPORTS, type TransportName } from './transports.ts';

/** How an identity proves who it is, under the names that COMPATIBILITY.md gives them. */
export const CREDENTIALS = [
  'symmetric key',
  'shared access signature',
  'hub policy key',
  'certificate by SHA-1',
  'certificate by SHA-256',
  'certificate of an authority',
] as const;
export type CredentialName = (typeof CREDENTIALS)[number];

interface DeviceOptions {
  readonly modelId?: string;
  /** Life of the signature, for the credential that is one. */
  readonly signatureSeconds?: number;
}

/** A device or module that was just made, and what it may be driven with. */
export class SdkIdentity {
  readonly identity: DeviceIdentity;
  readonly #server: TestServer;
  readonly #kit: Kit;
  readonly #open = new Set<Client | ModuleClient>();

  constructor(server: TestServer, identity: DeviceIdentity, kit: Kit) {
    this.#server = server;
    this.identity = identity;
    this.#kit = kit;
  }

  get deviceId(): string {
    return this.identity.deviceId;
  }

  /** The official client of a device, connected. */
  async device(transport: TransportName, options: DeviceOptions = {}): Promise<Client> {
    const client = await this.unopenedDevice(transport, options);
    await client.open();
    return client;
  }

  async unopenedDevice(transport: TransportName, { modelId, signatureSeconds }: DeviceOptions = {}): Promise<Client> {
    const make = TRANSPORTS[transport].make;
    const { signature, connectionString } = this.#kit;
    const client =
      signature === undefined
        ? Client.fromConnectionString(connectionString, make)
        : Client.fromSharedAccessSignature(signature(signatureSeconds), make);
    return this.#prepared(client, modelId);
  }

  /** The official client of a module, connected. */
  async module(transport: TransportName): Promise<ModuleClient> {
    const client = await this.unopenedModule(transport);
    await client.open();
    return client;
  }

  async unopenedModule(transport: TransportName): Promise<ModuleClient> {
    const make = TRANSPORTS[transport].make;
    const { signature, connectionString, certificate } = this.#kit;
    if (certificate !== undefined) {
      const host = this.#server.ready.hostName;
      const x509 = { cert: certificate.certificate, key: certificate.key };
      // The client makes no such module from a connection string, but takes one from an authentication provider.
      const provider = new X509AuthenticationProvider({ host, ...this.identity, x509 } as never);
      return this.#prepared(ModuleClient.fromAuthenticationProvider(provider, make));
    }
    const client =
      signature === undefined
        ? ModuleClient.fromConnectionString(connectionString, make)
        : ModuleClient.fromSharedAccessSignature(signature(), make);
    return this.#prepared(client);
  }

  /** A signature as its maker would renew it; only for the credential that is one. */
  newSignature(lifeSeconds?: number): string {
    return this.#kit.signature?.(lifeSeconds) ?? '';
  }

  /** Lets go of every client that is still there; none of them keeps a test waiting. */
  async close(): Promise<void> {
    const clients = [...this.#open];
    this.#open.clear();
    await Promise.allSettled(clients.map((client) => client.close()));
  }

  async #prepared<C extends Client | ModuleClient>(client: C, modelId?: string): Promise<C> {
    this.#open.add(client);
    // A refusal is to be seen as it comes, and a lost connection is not to come back by itself.
    client.setRetryPolicy(new NoRetry());
    client.on('error', () => {});
    const { certificate } = this.#kit;
    await client.setOptions({
      ca: await readFile(this.#server.caFile, 'utf8'),
      ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
      ...(modelId === undefined ? {} : { modelId }),
      // Over HTTPS commands are polled, and this client never answers `setOptions` unless it is told how.
      http: { receivePolicy: { interval: 0.1 } },
    } as never);
    return client;
  }
}

interface Kit {
  readonly connectionString: string;
  readonly signature?: (lifeSeconds?: number) => string;
  readonly certificate?: DeviceCertificate;
}

/** Makes an identity in the registry that authenticates by `credential`; certificates of an authority need one. */
export async function newSdkIdentity(
  server: TestServer,
  identity: DeviceIdentity,
  credential: CredentialName = 'symmetric key',
  authority?: TestAuthority,
): Promise<SdkIdentity> {
  return new SdkIdentity(server, identity, await MAKERS[credential](server, identity, authority));
}

type Maker = (server: TestServer, identity: DeviceIdentity, authority: TestAuthority | undefined) => Promise<Kit>;

const MAKERS: Readonly<Record<CredentialName, Maker>> = {
  'symmetric key': async (server, identity) => ({ connectionString: await withOwnKey(server, identity) }),
  'shared access signature': async (server, identity) => {
    const connectionString = await withOwnKey(server, identity);
    const key = /SharedAccessKey=(.*)$/.exec(connectionString)?.[1] ?? '';
    return {
      connectionString,
      signature: (lifeSeconds = 3_600) => signatureOf(resourceOf(server, identity), key, lifeSeconds),
    };
  },
  'hub policy key': async (server, identity) => {
    await createDevice(server.hub, identity);
    const key = (await server.hub.policies.find('device'))?.primaryKey ?? '';
    return {
      connectionString: connectionStringOf(server, identity, `SharedAccessKeyName=device;SharedAccessKey=${key}`),
    };
  },
  'certificate by SHA-1': (server, identity) => withThumbprint(server, identity, 'sha1'),
  'certificate by SHA-256': (server, identity) => withThumbprint(server, identity, 'sha256'),
  'certificate of an authority': async (server, identity, authority) => {
    await createDevice(server.hub, identity, { authentication: { type: 'certificateAuthority' } });
    assert(authority !== undefined, 'this credential needs an authority');
    const certificate = await authority.issue(identityKey(identity));
    return { connectionString: connectionStringOf(server, identity, 'x509=true'), certificate };
  },
};

async function withOwnKey(server: TestServer, identity: DeviceIdentity): Promise<string> {
  const { authentication } = await createDevice(server.hub, identity);
  return connectionStringOf(server, identity, `SharedAccessKey=${authentication.symmetricKey.primaryKey}`);
}

async function withThumbprint(server: TestServer, identity: DeviceIdentity, kind: 'sha1' | 'sha256'): Promise<Kit> {
  const certificate = await selfSignedCertificate(identity.moduleId ?? identity.deviceId);
  const x509Thumbprint = { primaryThumbprint: certificate[kind], secondaryThumbprint: null };
  await createDevice(server.hub, identity, { authentication: { type: 'selfSigned', x509Thumbprint } });
  return { connectionString: connectionStringOf(server, identity, 'x509=true'), certificate };
}

function connectionStringOf({ ready }: TestServer, { deviceId, moduleId }: DeviceIdentity, secret: string): string {
  const module = moduleId === undefined ? '' : `ModuleId=${moduleId};`;
  return `HostName=${ready.hostName};DeviceId=${deviceId};${module}${secret}`;
}

function resourceOf({ ready }: TestServer, { deviceId, moduleId }: DeviceIdentity): string {
  return `${ready.hostName}/devices/${deviceId}${moduleId === undefined ? '' : `/modules/${moduleId}`}`;
}

function signatureOf(resource: string, key: string, lifeSeconds: number): string {
  const expiresAt = Math.floor(Date.now() / 1_000) + lifeSeconds;
  const hmac = createHmac('sha256', Buffer.from(key, 'base64')).update(sasSignedText(resource, expiresAt));
  return formatSas(resource, hmac.digest('base64'), expiresAt);
}
