import { HubError, type JsonObject, LIMITS, type ModelField, requireValidId } from '@viaduct/contracts';
import { createDevice, type DeviceInput, deleteDevice, type Hub, type OnFault, updateDevice } from '@viaduct/hub';
import type { Provisioning } from '@viaduct/provisioning';
import type { TemplateBook } from '../template/template-book.ts';
import { checkedCloudPatch } from './checked-cloud-patch.ts';
import { hubDevice } from './compare-with-hub.ts';
import type {
  CentralDevice,
  DeviceChange,
  DeviceDirectory,
  DeviceListing,
  DevicePage,
  NewDevice,
} from './device-directory.ts';
import type { DeviceFilter } from './device-filter.ts';
import { DirectoryReader } from './directory-reader.ts';
import { ownDeviceKeys } from './own-enrollment-group.ts';
import type { CloudValues } from './store/device-rows.ts';
import { DirectoryThread } from './store/directory-thread.ts';
import { pathOf } from './store/filter-sql.ts';

export interface DirectoryOptions {
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  readonly templates: Pick<TemplateBook, 'get' | 'find' | 'adopt' | 'onChange'>;
  /** `directory.sqlite`; made when it does not exist. */
  readonly file: string;
  readonly onFault: OnFault;
}

/**
 * The directory over a file of its own, in threads of its own.
 *
 *     log ─► reader ─► writing thread ─► directory.sqlite ◄─ listing thread ◄─ lists, filters, counts
 *     create, update, cloud properties ─► hub ─► writing thread
 *
 * Invariants
 *  1. What a call here wrote, the next list has: it resolves after the commit, and lists read committed rows.
 *  2. The hub is changed first. A crash in between is mended by the comparison at the next start.
 *  3. Who is connected is told by the hub's sessions; rows know it a moment later, for filters.
 */
export class ProjectedDirectory implements DeviceDirectory {
  readonly #options: DirectoryOptions;
  readonly #writing: DirectoryThread;
  /** Begun with the first list. */
  #listingThread: DirectoryThread | undefined;
  readonly #reader: DirectoryReader;
  readonly #listeners = new Set<(deviceIds: readonly string[]) => void>();

  private constructor(options: DirectoryOptions, writing: DirectoryThread) {
    this.#options = options;
    this.#writing = writing;
    this.#reader = new DirectoryReader({
      ...options,
      thread: writing,
      onDevices: (deviceIds) => this.#tell(deviceIds),
    });
  }

  /** Resolves when it can be asked; it catches up with the log behind that. @throws HubError store.unusable */
  static async open(options: DirectoryOptions): Promise<ProjectedDirectory> {
    const writing = new DirectoryThread(options.file);
    // The file is made or upgraded before a second thread opens it.
    await writing.call('find', '');
    return new ProjectedDirectory(options, writing);
  }

  /** Resolves when whatever the log held at the time of the call is in the directory: for tests, and right after a change. */
  caughtUp(): Promise<void> {
    return this.#reader.caughtUp();
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.#listingThread?.close();
    await this.#writing.close();
  }

  async find(deviceId: string): Promise<CentralDevice | undefined> {
    await this.#reader.settled();
    const device = await this.#writing.call('find', deviceId);
    return device === undefined ? undefined : this.#withPresence(device);
  }

  async get(deviceId: string): Promise<CentralDevice> {
    const device = await this.find(deviceId);
    if (device === undefined) throw new HubError('device.notFound', `device ${deviceId} is not registered`);
    return device;
  }

  async list(listing: DeviceListing): Promise<DevicePage> {
    await this.#reader.settled();
    const limit = Math.min(Math.max(1, Math.trunc(listing.limit)), LIMITS.CENTRAL_DEVICE_PAGE_MAX);
    const page = await this.#listing.call('page', { ...listing, limit });
    return { ...page, items: page.items.map((device) => this.#withPresence(device)) };
  }

  async idsOf(filter: DeviceFilter, max: number, search?: string) {
    await this.#reader.settled();
    return this.#listing.call('idsOf', filter, max, search);
  }

  async count(filter: DeviceFilter): Promise<number> {
    await this.#reader.settled();
    return this.#listing.call('count', filter);
  }

  async create(deviceId: string, device: NewDevice): Promise<CentralDevice> {
    requireValidId(deviceId);
    this.#requireChange(device);
    const { hub, provisioning } = this.#options;
    const { authentication, isEdge = false, cloudProperties, ...change } = device;
    // What is refused makes no device.
    const cloud = cloudProperties && checkedCloudPatch(cloudProperties, {}, this.#cloudFields(device.templateId));
    const enabled = device.enabled ?? device.approved ?? true;
    const input: DeviceInput = {
      authentication: authentication ?? { symmetricKey: await ownDeviceKeys(provisioning, deviceId) },
      status: enabled ? 'enabled' : 'disabled',
      capabilities: { iotEdge: isEdge },
    };
    const entry = await createDevice(hub, { deviceId }, input);
    return this.#save(deviceId, async () => {
      const made = await this.#writing.call('save', hubDevice(entry), change);
      if (cloud === undefined || Object.keys(cloud).length === 0) return made;
      await this.#writing.call('patchCloud', deviceId, cloud, hub.clock.now());
      return (await this.#writing.call('find', deviceId)) ?? made;
    });
  }

  async update(deviceId: string, change: DeviceChange, ifMatch?: string): Promise<CentralDevice> {
    this.#requireChange(change);
    const { hub } = this.#options;
    const before = await hub.registry.find({ deviceId });
    if (before === undefined) throw new HubError('device.notFound', `device ${deviceId} is not registered`);
    const enabled = change.enabled ?? (change.approved === undefined ? undefined : change.approved);
    const status = enabled === undefined ? undefined : enabled ? 'enabled' : 'disabled';
    if (ifMatch !== undefined) await this.#writing.call('requireMatch', deviceId, ifMatch);
    const entry =
      status === undefined || status === before.status ? before : await updateDevice(hub, { deviceId }, { status });
    return this.#save(deviceId, () => this.#writing.call('save', hubDevice(entry), change, ifMatch));
  }

  async remove(deviceId: string): Promise<void> {
    await deleteDevice(this.#options.hub, { deviceId });
    await this.#writing.call('remove', deviceId);
    this.#tell([deviceId]);
  }

  async cloudProperties(deviceId: string): Promise<JsonObject> {
    return plainValues(await this.cloudValues(deviceId));
  }

  /** With the time of each. */
  cloudValues(deviceId: string): Promise<CloudValues> {
    return this.#writing.call('cloud', deviceId);
  }

  async cloudOf(deviceIds: readonly string[]): Promise<ReadonlyMap<string, JsonObject>> {
    const found = await this.#listing.call('cloudOf', deviceIds);
    return new Map(found.map(([deviceId, values]) => [deviceId, plainValues(values)]));
  }

  cloudPropertyNames(): Promise<readonly string[]> {
    return this.#listing.call('cloudPropertyNames');
  }

  async patchCloudProperties(deviceId: string, patch: JsonObject): Promise<JsonObject> {
    const [device, before] = await Promise.all([this.get(deviceId), this.cloudProperties(deviceId)]);
    const checked = checkedCloudPatch(patch, before, this.#cloudFields(device.templateId));
    const after = await this.#writing.call('patchCloud', deviceId, checked, this.#options.hub.clock.now());
    this.#tell([deviceId]);
    return plainValues(after);
  }

  async values(deviceIds: readonly string[], fields: Parameters<DeviceDirectory['values']>[1]) {
    return new Map(await this.#listing.call('columns', deviceIds, fields.map(pathOf)));
  }

  propertyPaths(max: number): Promise<readonly string[]> {
    return this.#listing.call('propertyPaths', max);
  }

  onChange(listener: (deviceIds: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #listing(): DirectoryThread {
    this.#listingThread ??= new DirectoryThread(this.#options.file);
    return this.#listingThread;
  }

  async #save(deviceId: string, write: () => Promise<CentralDevice>): Promise<CentralDevice> {
    const device = await write();
    this.#tell([deviceId]);
    return this.#withPresence(device);
  }

  /** Undefined: anything goes. */
  #cloudFields(templateId: string | null | undefined): readonly ModelField[] | undefined {
    if (templateId === undefined || templateId === null) return undefined;
    const template = this.#options.templates.find(templateId);
    return template && (template.summary.cloudProperties ?? []);
  }

  /** @throws HubError template.notFound, argument.invalid */
  #requireChange({ templateId, displayName, organizations }: DeviceChange): void {
    if (typeof templateId === 'string' && !this.#options.templates.get(templateId).isPublished) {
      throw new HubError('template.notFound', `template ${templateId} is not published yet`);
    }
    if (displayName !== undefined && displayName.length > LIMITS.CENTRAL_NAME_CHARACTERS_MAX) {
      throw new HubError(
        'argument.invalid',
        `displayName has at most ${LIMITS.CENTRAL_NAME_CHARACTERS_MAX} characters`,
      );
    }
    if (organizations !== undefined && organizations.length > 1) {
      throw new HubError('argument.invalid', 'a device is of one organization');
    }
  }

  #withPresence(device: CentralDevice): CentralDevice {
    const { sessions } = this.#options.hub;
    const session = sessions.find(device);
    const heard = sessions.activity.lastTime(device);
    const lastSeenTime = Math.max(device.lastSeenTime, heard, session?.lastActivityTime ?? 0);
    const provisioned = device.provisioned || session !== undefined;
    return { ...device, connected: session !== undefined, lastSeenTime, provisioned };
  }

  #tell(deviceIds: readonly string[]): void {
    if (deviceIds.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(deviceIds);
      } catch (fault) {
        // What a listener does wrong stops neither the reader of the log nor the other listeners.
        this.#options.onFault(fault);
      }
    }
  }
}

function plainValues(values: CloudValues): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
}
