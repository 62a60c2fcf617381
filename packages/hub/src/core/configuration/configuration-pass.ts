import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { ConfigurationRecord, KeepsConfigurations, KeepsQueries } from '../ports.ts';
import type { ActiveConfiguration } from './active-configuration.ts';
import type { Verdicts } from './settle-device.ts';

/** Devices or modules of one step, with whether the configuration targets each. */
export interface PassStep {
  readonly verdicts: ReadonlyMap<string, Verdicts>;
  readonly identities: readonly DeviceIdentity[];
}

/**
 * One walk over everybody whom a configuration targets or targeted, in order of (deviceId, moduleId).
 *
 *     meets the condition   a   c d   f        ┐ merged, as far as both pages reach
 *     has a status row        b c   e f        ┘
 *
 * It keeps its place in memory: after a restart it begins anew, and passes by what is done already without a write.
 */
export class ConfigurationPass {
  readonly record: ConfigurationRecord;
  readonly #configuration: ActiveConfiguration;
  #after: DeviceIdentity | undefined;

  constructor(configuration: ActiveConfiguration) {
    this.#configuration = configuration;
    this.record = configuration.record;
  }

  /** Whether this walk is for what `record` asks of devices. */
  isFor({ createdTime, revision }: ConfigurationRecord): boolean {
    return this.record.createdTime === createdTime && this.record.revision === revision;
  }

  /** Undefined at the end. Asked again after a failure, it gives the same step: `advance` is what moves on. */
  async nextStep(hub: KeepsConfigurations & KeepsQueries): Promise<PassStep | undefined> {
    const limit = LIMITS.CONFIGURATION_STEP_IDENTITIES;
    const page = { limit, ...(this.#after && { after: this.#after }) };
    const { target, record } = this.#configuration;
    const meeting = target === null ? [] : await hub.queries.selectIdentities(target, page);
    const known = await hub.configurationStates.listDevices(record, page);
    // Beyond the end of a full page there may be more of its kind.
    const ends = [meeting, known].flatMap((each) => (each.length < limit ? [] : each.slice(-1)));
    const [end] = ends.sort(inOrder);
    const targeted = new Set(meeting.map(identityKey));
    const everybody = new Map([...meeting, ...known].map((identity) => [identityKey(identity), identity]));
    const identities = [...everybody.values()]
      .filter((identity) => end === undefined || inOrder(identity, end) <= 0)
      .sort(inOrder);
    if (identities.length === 0) return undefined;
    const verdicts = new Map(
      identities.map(identityKey).map((key) => [key, new Map([[record.id, targeted.has(key)]])]),
    );
    return { verdicts, identities };
  }

  advance({ identities }: PassStep): void {
    this.#after = identities.at(-1);
  }
}

function inOrder(a: DeviceIdentity, b: DeviceIdentity): number {
  if (a.deviceId !== b.deviceId) return a.deviceId < b.deviceId ? -1 : 1;
  const [aModule, bModule] = [a.moduleId ?? '', b.moduleId ?? ''];
  if (aModule === bModule) return 0;
  return aModule < bModule ? -1 : 1;
}
