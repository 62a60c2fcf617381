import { randomUUID } from 'node:crypto';
import { parseConnectionString } from '@viaduct/contracts';
import { createDevice } from '@viaduct/hub';
import { startTestServer, type TestServer, type TestServerOptions, until } from '@viaduct/testkit';
import { SharedAccessSignature } from 'azure-iot-common';
import { Registry, Client as ServiceClient } from 'azure-iothub';
import { verifiedAuthority } from './certificates.ts';
import { EventTap } from './event-tap.ts';
import { type CredentialName, newSdkIdentity, type SdkIdentity } from './sdk-identity.ts';

/** A server, and a back end that reads its events, hears its feedback and sends to devices, with the official clients. */
export interface Conformance {
  readonly server: TestServer;
  readonly tap: EventTap;
  readonly service: ServiceClient;
  readonly registry: Registry;
  newDevice(credential?: CredentialName): Promise<SdkIdentity>;
  newModule(credential?: CredentialName): Promise<SdkIdentity>;
  /** A device and a module of it. */
  newDeviceWithModule(): Promise<{ readonly device: SdkIdentity; readonly module: SdkIdentity }>;
  /** What the back end hears about a command, as soon as it does. */
  outcomeOf(deviceId: string, messageId: string): Promise<string>;
  /** A request to the hub that no client has a call for. */
  rest(method: string, path: string): Promise<Response>;
  close(): Promise<void>;
}

const newDeviceId = () => `d-${randomUUID()}`;

interface Feedback {
  readonly originalMessageId: string;
  readonly deviceId: string;
  readonly statusCode: string;
}

export async function startConformance(options: TestServerOptions = {}): Promise<Conformance> {
  const server = await startTestServer(options);
  const tap = new EventTap(server);
  const service = ServiceClient.fromConnectionString(server.ready.hubConnectionString);
  const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  await service.open();
  const heard = await hearFeedback(service);
  const made: SdkIdentity[] = [];
  const authority = await verifiedAuthority(server.hub);
  const keep = (identity: SdkIdentity) => {
    made.push(identity);
    return identity;
  };
  const make = async (moduleId: string | undefined, credential?: CredentialName, deviceId = newDeviceId()) =>
    keep(
      await newSdkIdentity(
        server,
        moduleId === undefined ? { deviceId } : { deviceId, moduleId },
        credential,
        authority,
      ),
    );
  return {
    ...{ server, tap, service, registry },
    newDevice: (credential) => make(undefined, credential),
    newModule: async (credential) => {
      const deviceId = newDeviceId();
      await createDevice(server.hub, { deviceId });
      return make('m1', credential, deviceId);
    },
    newDeviceWithModule: async () => {
      const device = await make(undefined);
      return { device, module: await make('m1', undefined, device.deviceId) };
    },
    outcomeOf: async (deviceId, messageId) => {
      const isIt = (record: Feedback) => record.deviceId === deviceId && record.originalMessageId === messageId;
      const record = await until(() => heard.find(isIt), { what: `feedback about ${messageId}`, timeoutMs: 20_000 });
      return record.statusCode;
    },
    rest: (method, path) => {
      const {
        HostName = '',
        SharedAccessKeyName = '',
        SharedAccessKey = '',
      } = parseConnectionString(server.ready.hubConnectionString);
      const expiresAt = Math.floor(Date.now() / 1_000) + 60;
      const token = SharedAccessSignature.create(HostName, SharedAccessKeyName, SharedAccessKey, expiresAt);
      const url = `https://${HostName}${path}?api-version=2021-04-12`;
      return fetch(url, { method, headers: { authorization: token.toString() } });
    },
    close: async () => {
      for (const identity of made) await identity.close();
      await service.close();
      await tap.close();
      await server.stop();
    },
  };
}

function hearFeedback(service: ServiceClient): Promise<readonly Feedback[]> {
  const heard: Feedback[] = [];
  return new Promise((resolve, reject) => {
    service.getFeedbackReceiver((error, receiver) => {
      if (receiver === undefined) return reject(error);
      receiver.on('message', (batch: { readonly data: unknown }) => {
        heard.push(...(JSON.parse(String(batch.data)) as Feedback[]));
        receiver.complete(batch as never, () => {});
      });
      resolve(heard);
    });
  });
}
