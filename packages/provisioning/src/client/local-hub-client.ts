import { isDeepStrictEqual } from 'node:util';
import { HubError } from '@viaduct/contracts';
import { createDevice, type DeviceInput, deleteDevice, getDevice, getTwin, type Hub, updateDevice } from '@viaduct/hub';
import type { DeviceAuthentication, FoundDevice, HubClient, HubDevice } from '../core/ports.ts';

/** The hub of this server, asked as a gateway asks it. */
export class LocalHubClient implements HubClient {
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async find(deviceId: string): Promise<FoundDevice | undefined> {
    return ifThere(async () => {
      const { status, capabilities } = await getDevice(this.#hub, { deviceId });
      const { tags, desired } = await getTwin(this.#hub, { deviceId });
      return { status, capabilities, twin: { tags, desired: desired.values } };
    });
  }

  async createOrRefresh(deviceId: string, device: HubDevice): Promise<'created' | 'refreshed'> {
    const { status, capabilities, twin } = device;
    const authentication = authenticationInput(device.authentication);
    const initial = { ...filled('tags', twin.tags), ...filled('desired', twin.desired) };
    try {
      await createDevice(this.#hub, { deviceId }, { authentication, status, capabilities }, initial);
      return 'created';
    } catch (thrown) {
      if (!(thrown instanceof HubError && thrown.code === 'device.exists')) throw thrown;
    }
    // What is the same is not written: a back end that is about to change the device keeps its etag.
    if (!(await this.#isKnown(deviceId, device.authentication)))
      await updateDevice(this.#hub, { deviceId }, { authentication });
    return 'refreshed';
  }

  async #isKnown(deviceId: string, authentication: DeviceAuthentication): Promise<boolean> {
    const { type, symmetricKey, x509Thumbprint } = (await getDevice(this.#hub, { deviceId })).authentication;
    const input = authenticationInput(authentication);
    return (
      type === input.type &&
      isDeepStrictEqual(symmetricKey, input.symmetricKey ?? NO_KEYS) &&
      isDeepStrictEqual(x509Thumbprint, input.x509Thumbprint ?? NO_THUMBPRINTS)
    );
  }

  async remove(deviceId: string): Promise<void> {
    await ifThere(() => deleteDevice(this.#hub, { deviceId }));
  }

  async setStatus(deviceId: string, status: 'enabled' | 'disabled', reason: string): Promise<void> {
    await ifThere(() => updateDevice(this.#hub, { deviceId }, { status, statusReason: reason }));
  }

  /** It is here. */
  async measureLatency(): Promise<number> {
    return 0;
  }
}

const NO_KEYS = { primaryKey: null, secondaryKey: null };
const NO_THUMBPRINTS = { primaryThumbprint: null, secondaryThumbprint: null };

/** Undefined when there is no such device. */
async function ifThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'device.notFound') return undefined;
    throw thrown;
  }
}

function filled<Name extends string>(name: Name, section: object): Partial<Record<Name, object>> {
  return Object.keys(section).length === 0 ? {} : ({ [name]: section } as Partial<Record<Name, object>>);
}

function authenticationInput(authentication: DeviceAuthentication): NonNullable<DeviceInput['authentication']> {
  switch (authentication.kind) {
    case 'sas': {
      const { primaryKey, secondaryKey } = authentication;
      return { type: 'sas', symmetricKey: { primaryKey, secondaryKey } };
    }
    case 'thumbprint': {
      const { primary, secondary } = authentication;
      return {
        type: 'selfSigned',
        x509Thumbprint: { primaryThumbprint: primary, secondaryThumbprint: secondary },
      };
    }
    case 'authority':
      return { type: 'certificateAuthority' };
    default:
      return authentication satisfies never;
  }
}
