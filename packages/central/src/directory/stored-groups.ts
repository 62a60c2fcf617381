import { HubError, LIMITS } from '@viaduct/contracts';
import { type MakesRandomness, newEtag, newGuid, type OnFault, requireMatch } from '@viaduct/hub';
import { formatGroupFilter, parseGroupFilter } from '../language/group-filter.ts';
import type { CentralStore } from '../store/central-store.ts';
import type { TemplateBook } from '../template/template-book.ts';
import type { DeviceGroup, DeviceGroups } from './device-directory.ts';
import {
  deleteGroup,
  readDefaultGroups,
  readGroups,
  type StoredGroup,
  writeDefaultGroup,
  writeGroup,
} from './group-table.ts';

export interface GroupsOptions extends MakesRandomness {
  readonly store: CentralStore;
  readonly templates: Pick<TemplateBook, 'find' | 'list' | 'onChange'>;
  /** Hears of a filter that an older version kept and this one cannot read. */
  readonly onFault: OnFault;
}

/** At most as long as Azure's. */
const GROUP_ID = /^[A-Za-z0-9:;._~-]{1,255}$/;

/**
 * Groups in memory, and in central's own file. Each write is durable before it is seen here, and writes are done one after the other. Each
 * published template is given a group of all its devices, once.
 */
export class StoredGroups implements DeviceGroups {
  readonly #options: GroupsOptions;
  readonly #groups = new Map<string, DeviceGroup>();
  readonly #stopListening: () => void;
  #given: ReadonlyMap<string, string> = new Map();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: GroupsOptions) {
    this.#options = options;
    this.#stopListening = options.templates.onChange((templateId) => {
      void this.#inTurn(() => this.#giveGroup(templateId)).catch(options.onFault);
    });
  }

  static async open(options: GroupsOptions): Promise<StoredGroups> {
    const groups = new StoredGroups(options);
    groups.#given = await readDefaultGroups(options.store);
    for (const stored of await readGroups(options.store)) groups.#keep(stored);
    for (const { templateId } of options.templates.list()) await groups.#inTurn(() => groups.#giveGroup(templateId));
    return groups;
  }

  find(groupId: string): DeviceGroup | undefined {
    return this.#groups.get(groupId);
  }

  /** @throws HubError central.notFound */
  get(groupId: string): DeviceGroup {
    const group = this.find(groupId);
    if (group === undefined) throw new HubError('central.notFound', `there is no device group ${groupId}`);
    return group;
  }

  list(): readonly DeviceGroup[] {
    return [...this.#groups.values()].sort((a, b) => a.displayName.localeCompare(b.displayName));
  }

  put(group: Parameters<DeviceGroups['put']>[0], ifMatch?: string): Promise<DeviceGroup> {
    return this.#inTurn(() => this.#put(group, ifMatch));
  }

  remove(groupId: string): Promise<void> {
    return this.#inTurn(async () => {
      this.get(groupId);
      await deleteGroup(this.#options.store, groupId);
      this.#groups.delete(groupId);
    });
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#last.catch(() => undefined);
  }

  async #put(group: Parameters<DeviceGroups['put']>[0], ifMatch?: string): Promise<DeviceGroup> {
    const { store, random } = this.#options;
    requireGroup(group);
    const filter = parseGroupFilter(group.filterText);
    const before = this.find(group.groupId);
    if (ifMatch !== undefined) requireMatch(this.get(group.groupId).etag, ifMatch);
    if (before === undefined && this.#groups.size >= LIMITS.DEVICE_GROUPS_MAX) {
      throw new HubError('central.limitReached', `there are ${LIMITS.DEVICE_GROUPS_MAX} device groups already`);
    }
    const stored = { ...group, etag: newEtag({ random }), updatedTime: store.clock.now() };
    await writeGroup(store, stored);
    const after = { ...stored, filter };
    this.#groups.set(after.groupId, after);
    return after;
  }

  #keep(stored: StoredGroup): void {
    try {
      this.#groups.set(stored.groupId, { ...stored, filter: parseGroupFilter(stored.filterText) });
    } catch (fault) {
      this.#options.onFault(fault);
    }
  }

  /** A template that is published gets its group; that of one that is gone goes with it. */
  async #giveGroup(templateId: string): Promise<void> {
    const template = this.#options.templates.find(templateId);
    const given = this.#given.get(templateId);
    if (template === undefined && given !== undefined) {
      await deleteGroup(this.#options.store, given);
      await this.#noteGiven(templateId, null);
      this.#groups.delete(given);
    }
    const isDue = template?.isPublished === true && given === undefined;
    if (!isDue || this.#groups.size >= LIMITS.DEVICE_GROUPS_MAX) return;
    const groupId = newGuid(this.#options);
    await this.#put({
      groupId,
      displayName: `${template.displayName} - All devices`.slice(0, LIMITS.CENTRAL_NAME_CHARACTERS_MAX),
      description: `All devices of the template ${template.displayName}`,
      filterText: formatGroupFilter({
        kind: 'compare',
        field: { kind: 'meta', name: 'template' },
        operator: '=',
        value: templateId,
      }),
      organizations: [],
      isDefault: true,
    });
    await this.#noteGiven(templateId, groupId);
  }

  async #noteGiven(templateId: string, groupId: string | null): Promise<void> {
    await writeDefaultGroup(this.#options.store, templateId, groupId);
    this.#given = await readDefaultGroups(this.#options.store);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine;
    return mine;
  }
}

function requireGroup({ groupId, displayName, organizations }: Parameters<DeviceGroups['put']>[0]): void {
  if (!GROUP_ID.test(groupId)) {
    throw new HubError('argument.invalid', 'the id of a group is 1 to 255 letters, digits, and . _ ~ - : ;');
  }
  if (displayName.trim() === '' || displayName.length > LIMITS.CENTRAL_NAME_CHARACTERS_MAX) {
    throw new HubError('argument.invalid', `displayName has 1 to ${LIMITS.CENTRAL_NAME_CHARACTERS_MAX} characters`);
  }
  if (organizations.length > 1) throw new HubError('argument.invalid', 'a group is of one organization');
}
