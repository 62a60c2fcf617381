import { HubError, LIMITS, type ModelSummary, type SimulatedDeviceRow, type SimulationState } from '@viaduct/contracts';
import { type Hub, type OnFault, type RegistryEntry, RepeatingTask } from '@viaduct/hub';
import type { CentralDevice, DeviceDirectory } from '../directory/device-directory.ts';
import type { TemplateBook } from '../template/template-book.ts';
import { BUILT_IN_MODEL } from './built-in-model.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimulatedDevice } from './simulated-device.ts';
import { DEFAULT_PLAN, type SimulationPlan, type SimulationPlans } from './simulation-plans.ts';

export interface DeviceSimulationParts {
  readonly hub: Hub;
  readonly devices: Pick<DeviceDirectory, 'find' | 'idsOf' | 'onChange'>;
  readonly templates: Pick<TemplateBook, 'find' | 'onChange'>;
  readonly plans: SimulationPlans;
  readonly onFault: OnFault;
}

interface Actor {
  readonly deviceId: string;
  state: SimulationState;
  device: SimulatedDevice | null;
  /** When it speaks next; ms since 1970. */
  dueTime: number;
  isBusy: boolean;
}

/** How often it is looked who is due, ms; and how many devices begin or end in one look. */
const TICK_MS = 200;
const SETTLED_PER_TICK = 25;
/** Devices that begin together do not speak together: each waits a part of its interval, and at most this, ms. */
const FIRST_WORD_MS_MAX = 2_000;
const JITTER = 0.2;

/**
 * Devices that are made up: those that the directory calls simulated, at most LIMITS.SIMULATED_DEVICES_MAX.
 *
 *     directory or template changed ─► unsettled ─ each tick ─► begins, ends, or becomes another
 *     due ─ each tick ─► speaks ─► due again after its interval, more or less
 *
 * Invariants
 *  1. A simulated device never takes the place of a real one: who is connected stays, and who comes takes over.
 *  2. A device speaks once at a time: when the log is slow, rounds are left out and nothing piles up.
 *  3. What is refused to one device stops no other.
 */
export class DeviceSimulation {
  readonly #parts: DeviceSimulationParts;
  readonly #actors = new Map<string, Actor>();
  readonly #unsettled = new Set<string>();
  readonly #stopListening: readonly (() => void)[];
  readonly #ticking: RepeatingTask;
  readonly #speaking = new Set<Promise<void>>();
  readonly #pace: SeededRandom;
  #settling: Promise<void> = Promise.resolve();

  private constructor(parts: DeviceSimulationParts) {
    this.#parts = parts;
    this.#pace = new SeededRandom(String(parts.hub.clock.now()));
    this.#stopListening = [
      parts.devices.onChange((deviceIds) => this.#unsettle(deviceIds)),
      parts.templates.onChange(() => this.#unsettle(this.#actors.keys())),
    ];
    this.#ticking = new RepeatingTask(() => this.#tick(), TICK_MS, parts.onFault);
  }

  /** Goes on with whoever was simulated when the server stopped; they connect one after another, behind it. */
  static async open(parts: DeviceSimulationParts): Promise<DeviceSimulation> {
    const isSimulated = {
      kind: 'compare',
      field: { kind: 'meta', name: 'simulated' },
      operator: '=',
      value: true,
    } as const;
    const { deviceIds } = await parts.devices.idsOf(isSimulated, LIMITS.SIMULATED_DEVICES_MAX);
    const simulation = new DeviceSimulation(parts);
    simulation.#unsettle(deviceIds);
    return simulation;
  }

  get size(): number {
    return this.#actors.size;
  }

  find(deviceId: string): SimulatedDeviceRow | undefined {
    const actor = this.#actors.get(deviceId);
    if (actor === undefined) return undefined;
    return { deviceId, ...this.#parts.plans.of(deviceId), state: actor.state, messages: actor.device?.messages ?? 0 };
  }

  list(): readonly SimulatedDeviceRow[] {
    return [...this.#actors.keys()].flatMap((deviceId) => this.find(deviceId) ?? []);
  }

  /** What a device that is about to be made will do. */
  prepare(deviceId: string, plan: Partial<SimulationPlan>): Promise<void> {
    return this.#parts.plans.save(deviceId, { ...DEFAULT_PLAN, ...plan });
  }

  /** Starts, stops, quickens or slows down. @throws HubError argument.invalid: it is not simulated */
  async plan(deviceId: string, change: Partial<SimulationPlan>): Promise<SimulatedDeviceRow> {
    const actor = this.#actors.get(deviceId);
    if (actor === undefined) throw new HubError('argument.invalid', `"${deviceId}" is not a simulated device`);
    await this.#parts.plans.save(deviceId, { ...this.#parts.plans.of(deviceId), ...change });
    actor.dueTime = this.#firstWord(deviceId);
    // Who starts it again says that no real device stands in the way any more.
    if (change.isRunning === true && actor.state === 'replaced') actor.state = 'stopped';
    await this.#settle(deviceId);
    return this.find(deviceId) ?? { deviceId, ...this.#parts.plans.of(deviceId), state: 'stopped', messages: 0 };
  }

  /** Nobody speaks any more, and the connections are ended in order. */
  async close(): Promise<void> {
    for (const stop of this.#stopListening) stop();
    await this.#ticking.close();
    await this.#settling;
    await Promise.all(this.#speaking);
    for (const { device } of this.#actors.values()) await device?.close();
    this.#actors.clear();
  }

  #unsettle(deviceIds: Iterable<string>): void {
    for (const deviceId of deviceIds) this.#unsettled.add(deviceId);
  }

  async #tick(): Promise<void> {
    const now = this.#parts.hub.clock.now();
    for (const actor of this.#actors.values()) {
      if (actor.device !== null && !actor.isBusy && actor.dueTime <= now) this.#speak(actor, actor.device, now);
    }
    for (const deviceId of [...this.#unsettled].slice(0, SETTLED_PER_TICK)) {
      this.#unsettled.delete(deviceId);
      // The store may be busy: this one is looked at again, and the others go on.
      await this.#settle(deviceId).catch((thrown: unknown) => {
        if (!(thrown instanceof HubError)) this.#parts.onFault(thrown);
        this.#unsettled.add(deviceId);
      });
    }
  }

  #speak(actor: Actor, device: SimulatedDevice, now: number): void {
    const intervalMs = this.#parts.plans.of(actor.deviceId).intervalSeconds * 1_000;
    actor.isBusy = true;
    actor.dueTime = now + intervalMs * (1 + JITTER * (this.#pace.next() - 0.5));
    const spoken = device
      .speak()
      // A full log or a spent quota refuses: the next round comes all the same.
      .catch((thrown: unknown) => (thrown instanceof HubError ? undefined : this.#parts.onFault(thrown)))
      .finally(() => {
        actor.isBusy = false;
        this.#speaking.delete(spoken);
      });
    this.#speaking.add(spoken);
  }

  /** Makes of one device what the directory, its plan and its template say; one after another, or one might begin twice. */
  #settle(deviceId: string): Promise<void> {
    const settled = this.#settling.then(() => this.#settleNow(deviceId));
    this.#settling = settled.catch(() => undefined);
    return settled;
  }

  async #settleNow(deviceId: string): Promise<void> {
    const known = await this.#parts.devices.find(deviceId);
    if (known?.simulated !== true) return this.#forget(deviceId);
    const actor = this.#actors.get(deviceId) ?? this.#newActor(deviceId);
    if (actor === undefined || actor.state === 'replaced') return;
    const state = this.#wantedState(known);
    const model = this.#modelOf(known);
    const entry = state === 'running' ? await this.#parts.hub.registry.find({ deviceId }) : undefined;
    const isSame = actor.device?.model === model && actor.device.generationId === entry?.generationId;
    if (actor.device !== null && (entry === undefined || !isSame)) {
      const leaving = actor.device;
      actor.device = null;
      await leaving.close();
    }
    actor.state = entry === undefined && state === 'running' ? 'waiting' : state;
    if (entry !== undefined && actor.device === null) await this.#begin(actor, entry, model);
  }

  async #begin(actor: Actor, entry: RegistryEntry, model: ModelSummary): Promise<void> {
    const { hub, onFault } = this.#parts;
    if (hub.sessions.find({ deviceId: actor.deviceId }) !== undefined) {
      actor.state = 'replaced';
      return;
    }
    const device = new SimulatedDevice({
      hub,
      entry,
      model,
      onFault,
      onClosed: (reason) => this.#closed(actor, reason),
    });
    actor.device = device;
    actor.dueTime = this.#firstWord(actor.deviceId);
    await device.connect();
  }

  /** A real device takes over for good; whoever was blocked or deleted is looked at again. */
  #closed(actor: Actor, reason: HubError): void {
    const device = actor.device;
    actor.device = null;
    actor.state = reason.code === 'connection.replaced' ? 'replaced' : 'waiting';
    // Those who close a session expect it to leave: a gateway's would, when its socket ends.
    void device?.close();
    if (actor.state === 'waiting') this.#unsettled.add(actor.deviceId);
  }

  async #forget(deviceId: string): Promise<void> {
    const actor = this.#actors.get(deviceId);
    if (actor === undefined) return;
    this.#actors.delete(deviceId);
    await actor.device?.close();
    await this.#parts.plans.forget(deviceId);
  }

  #newActor(deviceId: string): Actor | undefined {
    if (this.#actors.size >= LIMITS.SIMULATED_DEVICES_MAX) return undefined;
    const actor: Actor = { deviceId, state: 'stopped', device: null, dueTime: 0, isBusy: false };
    this.#actors.set(deviceId, actor);
    return actor;
  }

  #wantedState({ deviceId, enabled, approved }: CentralDevice): SimulationState {
    if (!this.#parts.plans.of(deviceId).isRunning) return 'stopped';
    return enabled && approved ? 'running' : 'waiting';
  }

  #modelOf({ templateId }: CentralDevice): ModelSummary {
    return (templateId === null ? undefined : this.#parts.templates.find(templateId))?.summary ?? BUILT_IN_MODEL;
  }

  #firstWord(deviceId: string): number {
    const intervalMs = this.#parts.plans.of(deviceId).intervalSeconds * 1_000;
    return this.#parts.hub.clock.now() + this.#pace.next() * Math.min(intervalMs, FIRST_WORD_MS_MAX);
  }
}
