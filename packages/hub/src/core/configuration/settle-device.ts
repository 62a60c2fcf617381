import { isDeepStrictEqual } from 'node:util';
import { type DeviceIdentity, HubError, identityKey } from '@viaduct/contracts';
import type { ConfigurationState, ConfigurationStatus, KeepsConfigurations, MakesRandomness } from '../ports.ts';
import { createDevice } from '../registry/create-device.ts';
import type { ChangesTwins } from '../twin/change-twin.ts';
import { type ActiveConfiguration, byPriority } from './active-configuration.ts';
import { deployEdge, type EdgeDeployment, settingsFor } from './edge-deployment.ts';
import { type Claim, type SettledTwin, settleTwin } from './settle-twin.ts';

export type SettlesDevices = ChangesTwins & KeepsConfigurations & MakesRandomness;

/** Of one device or module: whether each configuration that was asked about targets it. The others target it as before. */
export type Verdicts = ReadonlyMap<string, boolean>;

export interface SettledDevice {
  /** What is to be saved: only what is different. */
  readonly states: readonly ConfigurationState[];
  readonly writtenTwins: number;
}

const NOBODY: ReadonlyMap<string, boolean> = new Map();
const AGENT = '$edgeAgent';

/**
 * Brings one device and its modules to what the configurations that target them want.
 *
 *     verdicts ─► who is targeted ─► claims, rising in priority ─► twins ─► statuses
 *
 * The modules are those there are verdicts on; of an Edge device with a deployment, all that it names or once named. They are made
 * where they are missing.
 *
 * Writes twins and saves nothing: doing it again after a crash comes to the same.
 *
 * @param device what is kept of the device itself
 * @param verdicts by `identityKey`
 * @throws HubError that may be tried again: quota.exceeded, store.unavailable, log.unavailable
 */
export async function settleDevice(
  hub: SettlesDevices,
  configurations: ReadonlyMap<string, ActiveConfiguration>,
  device: ConfigurationState,
  verdicts: ReadonlyMap<string, Verdicts>,
): Promise<SettledDevice> {
  const work = new DeviceWork(hub, configurations, verdicts);
  await work.run(device);
  return { states: work.changed, writtenTwins: work.writtenTwins };
}

class DeviceWork {
  readonly changed: ConfigurationState[] = [];
  writtenTwins = 0;
  readonly #hub: SettlesDevices;
  readonly #configurations: ReadonlyMap<string, ActiveConfiguration>;
  readonly #verdicts: ReadonlyMap<string, Verdicts>;

  constructor(
    hub: SettlesDevices,
    configurations: ReadonlyMap<string, ActiveConfiguration>,
    verdicts: ReadonlyMap<string, Verdicts>,
  ) {
    this.#hub = hub;
    this.#configurations = configurations;
    this.#verdicts = verdicts;
  }

  async run(device: ConfigurationState): Promise<void> {
    const targeting = this.#targeting(device);
    const own = await this.#settle(device, targeting.filter(isFor('device')).map(claimOf));
    if (own === undefined) return this.#forget(device);
    const edge = deployEdge(targeting.filter(isFor('edge')));
    const edgeOutcome = new Map<string, ConfigurationStatus>();
    for (const state of await this.#modules(device, edge)) await this.#settleModule(state, edge, edgeOutcome);
    this.#save(device, own, [
      ...targeting.filter(isFor('device')).map((each) => statusIn(own, each)),
      ...targeting.filter(isFor('edge')).map((each) => edgeStatus(each, edge, edgeOutcome)),
    ]);
  }

  /** Rising in priority. */
  #targeting(state: ConfigurationState): readonly ActiveConfiguration[] {
    const verdicts = this.#verdicts.get(identityKey(state)) ?? NOBODY;
    const ids = new Set(state.statuses.map(({ configurationId }) => configurationId));
    for (const [id, isTargeted] of verdicts) {
      if (isTargeted) ids.add(id);
      else ids.delete(id);
    }
    const targeting = [...ids].map((id) => this.#configurations.get(id));
    return targeting.filter((each) => each !== undefined).sort(byPriority);
  }

  async #modules(device: ConfigurationState, edge: EdgeDeployment): Promise<readonly ConfigurationState[]> {
    const { deviceId } = device;
    const ids = new Set(edge.moduleIds);
    for (const key of this.#verdicts.keys()) {
      if (key.startsWith(`${deviceId}/`)) ids.add(key.slice(deviceId.length + 1));
    }
    const hadEdge = device.statuses.some(({ configurationId }) => this.#kindOf(configurationId) === 'edge');
    if (edge.layers.length > 0 || hadEdge) {
      for (const { moduleId } of await this.#hub.configurationStates.ownedModules(deviceId)) ids.add(moduleId ?? '');
      // Last, for its row tells how the deployment fares in all of them.
      ids.delete(AGENT);
      ids.add(AGENT);
    }
    if (ids.size === 0) return [];
    return this.#hub.configurationStates.of([...ids].map((moduleId) => ({ deviceId, moduleId })));
  }

  #kindOf(configurationId: string) {
    return this.#configurations.get(configurationId)?.record.kind;
  }

  async #settleModule(
    state: ConfigurationState,
    edge: EdgeDeployment,
    edgeOutcome: Map<string, ConfigurationStatus>,
  ): Promise<void> {
    const { moduleId = '' } = state;
    const own = this.#targeting(state).filter(isFor('module'));
    const isDeployed = edge.layers.length > 0;
    const claims = [...own, ...edge.layers]
      .sort(byPriority)
      .map((each) => (each.record.kind === 'edge' ? edgeClaim(each, moduleId) : claimOf(each)))
      .filter(({ settings }) => settings.length > 0);
    const trouble = edge.moduleIds.has(moduleId) ? await this.#makeModule(state) : undefined;
    // Without a deployment what the last one set stays, so it is not shown to who would take it back.
    const known = isDeployed ? state : { ...state, ownedByEdge: [] };
    const settled = trouble === undefined ? await this.#settle(known, claims) : undefined;
    if (settled === undefined) {
      if (trouble !== undefined) for (const each of edge.layers) note(edgeOutcome, each, 'Targeted', trouble);
      return this.#forget(state);
    }
    for (const each of edge.layers) {
      if (settingsFor(each, moduleId).length === 0) continue;
      const { status, reason } = statusIn(settled, each);
      note(edgeOutcome, each, status, reason);
    }
    const mirrored = moduleId === AGENT ? edge.layers.map((each) => edgeStatus(each, edge, edgeOutcome)) : [];
    const paths = isDeployed ? settled : { ...settled, ownedByEdge: state.ownedByEdge };
    this.#save(state, paths, [...own.map((each) => statusIn(settled, each)), ...mirrored]);
  }

  /** Why the module cannot be made; undefined when it is there. */
  async #makeModule(identity: DeviceIdentity): Promise<string | undefined> {
    const { deviceId, moduleId = '' } = identity;
    if ((await this.#hub.registry.find({ deviceId, moduleId })) !== undefined) return undefined;
    try {
      await createDevice(this.#hub, { deviceId, moduleId });
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown.row.retry) throw thrown;
      return thrown.code === 'module.exists' ? undefined : thrown.message;
    }
  }

  async #settle(state: ConfigurationState, claims: readonly Claim[]): Promise<SettledTwin | undefined> {
    const identity = bare(state);
    const settled = await settleTwin(this.#hub, identity, state, claims);
    if (settled?.wasWritten === true) this.writtenTwins++;
    return settled;
  }

  /** It is gone: nothing is to be kept of it, if anything was. */
  #forget(state: ConfigurationState): void {
    this.#save(state, { owned: [], ownedByEdge: [] }, []);
  }

  #save(
    before: ConfigurationState,
    { owned, ownedByEdge }: Pick<SettledTwin, 'owned' | 'ownedByEdge'>,
    statuses: readonly ConfigurationStatus[],
  ): void {
    const byId = [...statuses].sort((a, b) => (a.configurationId < b.configurationId ? -1 : 1));
    const after = { ...bare(before), statuses: byId, owned, ownedByEdge };
    if (!isDeepStrictEqual(after, before)) this.changed.push(after);
  }
}

function isFor(kind: 'device' | 'module' | 'edge') {
  return ({ record }: ActiveConfiguration) => record.kind === kind;
}

function claimOf({ record, content }: ActiveConfiguration): Claim {
  return { configurationId: record.id, settings: content.kind === 'edge' ? [] : content.settings, byEdge: false };
}

function edgeClaim(configuration: ActiveConfiguration, moduleId: string): Claim {
  return { configurationId: configuration.record.id, settings: settingsFor(configuration, moduleId), byEdge: true };
}

function statusIn({ applied, reasons }: SettledTwin, { record }: ActiveConfiguration): ConfigurationStatus {
  const status = applied.has(record.id) ? 'Applied' : 'Targeted';
  return { configurationId: record.id, status, reason: reasons.get(record.id) ?? null };
}

/** Over all modules: applied where it is in one of them, with the first reason why it is not in another. */
function note(
  outcome: Map<string, ConfigurationStatus>,
  { record }: ActiveConfiguration,
  status: 'Targeted' | 'Applied',
  reason: string | null,
): void {
  const before = outcome.get(record.id);
  outcome.set(record.id, {
    configurationId: record.id,
    status: before?.status === 'Applied' ? 'Applied' : status,
    reason: before?.reason ?? reason,
  });
}

const BASELESS =
  'it is layered, and no deployment of a lower priority with all of $edgeAgent targets this device for it to be layered on';

function edgeStatus(
  { record }: ActiveConfiguration,
  { baseless }: EdgeDeployment,
  outcome: ReadonlyMap<string, ConfigurationStatus>,
): ConfigurationStatus {
  const isBaseless = baseless.some((each) => each.record === record);
  const nothing = { configurationId: record.id, status: 'Targeted', reason: isBaseless ? BASELESS : null } as const;
  return outcome.get(record.id) ?? nothing;
}

function bare({ deviceId, moduleId }: DeviceIdentity): DeviceIdentity {
  return moduleId === undefined ? { deviceId } : { deviceId, moduleId };
}
