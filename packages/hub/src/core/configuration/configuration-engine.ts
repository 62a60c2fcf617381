import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DeviceIdentity, HubError, identityKey, LIMITS } from '@viaduct/contracts';
import type { AppendsToLog, ConfigurationRecord, KeepsQueries } from '../ports.ts';
import { type OnFault, warnOfFault } from '../repeating-task.ts';
import { type Rate, TokenBucket } from '../throttle/token-bucket.ts';
import { type ActiveConfiguration, activeConfiguration } from './active-configuration.ts';
import { ConfigurationPass } from './configuration-pass.ts';
import type { ShowsConfigurationWork } from './configuration-work.ts';
import { evaluateConditions } from './evaluate-conditions.ts';
import { HappeningsReader } from './happenings-reader.ts';
import { measureConfiguration } from './measure-configuration.ts';
import { type SettlesDevices, settleDevice, type Verdicts } from './settle-device.ts';

export type RunsConfigurations = SettlesDevices & KeepsQueries & AppendsToLog & ShowsConfigurationWork;

export interface ConfigurationEngineOptions {
  readonly onFault?: OnFault;
  /** All conditions for all devices are evaluated this often. Default: LIMITS.CONFIGURATION_ROUND_SECONDS. */
  readonly roundSeconds?: number;
}

/** As many writes as one transaction takes; and few enough that others have their turn soon. */
const AT_ONCE = 50;
const METRIC_MS = LIMITS.CONFIGURATION_METRIC_SECONDS * 1_000;
const RATE: Rate = {
  perSecond: LIMITS.CONFIGURATION_CHANGES_PER_SECOND_MAX,
  burst: LIMITS.CONFIGURATION_STEP_IDENTITIES,
};

/**
 * Brings configurations to devices.
 *
 *     something happened to a device ─┐  (the log)
 *     a configuration changed ────────┼─► one step: who is targeted ─► twins ─► status rows ─► again
 *     five minutes have passed ───────┘  (a walk over all it targets)
 *
 * Invariants
 *  1. One step at a time, so that nothing is decided on what another step is about to change.
 *  2. A step's twins are changed before its rows are saved, and its place moves after that: a crash in between repeats a step,
 *     and a step that is repeated changes nothing.
 *  3. A change of a configuration stays marked in the store until all its devices have it, so a restart goes on with it.
 *  4. A step is bounded, and after each everything else has its turn.
 */
export class ConfigurationEngine {
  readonly #hub: RunsConfigurations;
  readonly #onFault: OnFault;
  readonly #roundMs: number;
  readonly #happenings: HappeningsReader;
  readonly #bucket = new TokenBucket();
  readonly #stopListening: () => void;
  readonly #running: Promise<void>;
  /** What is still to be walked over in this round. */
  #round: ActiveConfiguration[] = [];
  #pass: ConfigurationPass | undefined;
  #measuredTime = 0;
  #hasNews = true;
  /** Configurations, as they are now, whose condition could not be evaluated in this round. */
  readonly #unanswered = new Set<string>();
  /** Configurations whose metrics are still to be counted. */
  #unmeasured: ActiveConfiguration[] = [];
  readonly #closing = new AbortController();
  /** Ends the rest that is being taken. */
  #resting: AbortController | undefined;
  /** A configuration changed since the last rest began. */
  #isWoken = false;

  constructor(hub: RunsConfigurations, options: ConfigurationEngineOptions = {}) {
    const { onFault = warnOfFault, roundSeconds = LIMITS.CONFIGURATION_ROUND_SECONDS } = options;
    this.#hub = hub;
    this.#onFault = onFault;
    this.#roundMs = roundSeconds * 1_000;
    this.#happenings = new HappeningsReader(hub);
    // What was missed while nobody read is caught up with by a round; else the first one is due in its time.
    hub.configurationWork.lastRoundTime = this.#happenings.missedSome ? 0 : hub.clock.now();
    this.#stopListening = hub.configurations.onChange(() => this.#wake());
    this.#running = this.#run();
  }

  /** Resolves when no step is under way, and none will be. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#stopListening();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        const hasWorked = await this.#step();
        if (hasWorked) await nextTurn();
        else await this.#rest();
      } catch (thrown) {
        this.#hub.configurationWork.failedSteps++;
        // A full disk is told by whoever watches the disk; anything else is a fault of ours.
        if (!mayBeRepeated(thrown)) this.#onFault(thrown);
        await this.#pause(LIMITS.CONFIGURATION_RETRY_SECONDS * 1_000);
      }
    }
    await this.#happenings.close();
  }

  /** A piece of each work, so that none waits for the end of another. False when there was nothing to do. */
  async #step(): Promise<boolean> {
    const configurations = new Map(
      (await this.#hub.configurations.list()).map((record) => [record.id, activeConfiguration(record)]),
    );
    const hasFollowed = await this.#follow(configurations);
    const hasWalked = await this.#walk(configurations);
    if (hasFollowed || hasWalked) this.#hasNews = true;
    const hasMeasured = await this.#measure(configurations);
    return hasFollowed || hasWalked || hasMeasured;
  }

  async #follow(configurations: ReadonlyMap<string, ActiveConfiguration>): Promise<boolean> {
    if (configurations.size === 0) {
      this.#happenings.skipAll();
      return false;
    }
    const batch = await this.#happenings.read();
    if (batch === undefined) return false;
    for (let at = 0; at < batch.identities.length; at += LIMITS.CONFIGURATION_STEP_IDENTITIES) {
      const identities = batch.identities.slice(at, at + LIMITS.CONFIGURATION_STEP_IDENTITIES);
      const asked = [...configurations.values()].filter(({ record }) => !this.#unanswered.has(stampOf(record)));
      const verdicts = await evaluateConditions(this.#hub, asked, identities, this.#noteUnanswered);
      await this.#settle(configurations, identities, verdicts);
    }
    await batch.done();
    return true;
  }

  async #walk(configurations: ReadonlyMap<string, ActiveConfiguration>): Promise<boolean> {
    const pass = this.#currentPass(configurations);
    if (pass === undefined) return false;
    const { record } = pass;
    const { seen } = this.#hub.configurationWork;
    const step = await pass.nextStep(this.#hub).catch((thrown: unknown) => this.#noteUnanswered(record, thrown));
    if (step === undefined) {
      seen.delete(record.id);
      this.#pass = undefined;
      if (this.#unanswered.has(stampOf(record)) || record.revision === record.settledRevision) return true;
      await this.#hub.configurations.markSettled(record);
      // Who made or changed it looks at its metrics next.
      this.#measuredTime = 0;
      return true;
    }
    await this.#settle(configurations, step.identities, step.verdicts);
    pass.advance(step);
    seen.set(record.id, (seen.get(record.id) ?? 0) + step.identities.length);
    return true;
  }

  /** The walk that is under way, if what it is for is still so; else that of a changed configuration; else the next of a round. */
  #currentPass(configurations: ReadonlyMap<string, ActiveConfiguration>): ConfigurationPass | undefined {
    const current = this.#pass;
    const now = current && configurations.get(current.record.id);
    if (current !== undefined && now !== undefined && current.isFor(now.record)) return current;
    if (current !== undefined) this.#hub.configurationWork.seen.delete(current.record.id);
    const isPending = ({ record }: ActiveConfiguration) =>
      record.settledRevision !== record.revision && !this.#unanswered.has(stampOf(record));
    const next = [...configurations.values()].find(isPending) ?? this.#nextOfRound(configurations);
    this.#pass = next && new ConfigurationPass(next);
    return this.#pass;
  }

  #nextOfRound(configurations: ReadonlyMap<string, ActiveConfiguration>): ActiveConfiguration | undefined {
    const work = this.#hub.configurationWork;
    const now = this.#hub.clock.now();
    if (this.#round.length === 0 && now - work.lastRoundTime >= this.#roundMs) {
      work.lastRoundTime = now;
      this.#unanswered.clear();
      this.#round = [...configurations.values()];
    }
    // As it is now: it may have changed since the round began, or have gone.
    const { record } = this.#round.shift() ?? {};
    return record && configurations.get(record.id);
  }

  /**
   * A condition that cannot be evaluated keeps no other configuration from its devices: it is told, and left alone until the next
   * round. Who it targets stays as it was.
   *
   * @throws what passes by itself
   */
  readonly #noteUnanswered = (record: ConfigurationRecord, thrown: unknown): undefined => {
    const isTooDear = thrown instanceof HubError && thrown.code === 'query.tooLong';
    if (mayBeRepeated(thrown) && !isTooDear) throw thrown;
    this.#unanswered.add(stampOf(record));
    this.#hub.configurationWork.failedSteps++;
    const why = `the condition of the configuration "${record.id}" could not be evaluated`;
    this.#onFault(new Error(why, { cause: thrown }));
  };

  async #settle(
    configurations: ReadonlyMap<string, ActiveConfiguration>,
    identities: readonly DeviceIdentity[],
    verdicts: ReadonlyMap<string, Verdicts>,
  ): Promise<void> {
    const byDevice = new Map<string, Map<string, Verdicts>>();
    for (const identity of identities) {
      const key = identityKey(identity);
      const ofDevice = byDevice.get(identity.deviceId) ?? new Map<string, Verdicts>();
      byDevice.set(identity.deviceId, ofDevice.set(key, verdicts.get(key) ?? new Map()));
    }
    const devices = [...byDevice];
    for (let at = 0; at < devices.length; at += AT_ONCE) {
      await this.#settleAtOnce(configurations, devices.slice(at, at + AT_ONCE));
      await nextTurn();
    }
    this.#hub.configurationWork.lookedAt += identities.length;
  }

  /** Side by side, so that they share flushes to disk. All are waited for: what is under way must not meet the next step. */
  async #settleAtOnce(
    configurations: ReadonlyMap<string, ActiveConfiguration>,
    devices: readonly (readonly [deviceId: string, verdicts: ReadonlyMap<string, Verdicts>])[],
  ): Promise<void> {
    const states = await this.#hub.configurationStates.of(devices.map(([deviceId]) => ({ deviceId })));
    const verdicts = new Map(devices);
    const outcomes = await Promise.allSettled(
      states.map((device) =>
        settleDevice(this.#hub, configurations, device, verdicts.get(device.deviceId) ?? new Map()),
      ),
    );
    const settled = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await this.#hub.configurationStates.save(settled.flatMap(({ states }) => states));
    const writtenTwins = settled.reduce((sum, each) => sum + each.writtenTwins, 0);
    this.#hub.configurationWork.writtenTwins += writtenTwins;
    await this.#keepToRate(writtenTwins);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    const passing = failures.find(mayBeRepeated);
    // A fault at one device is told, and keeps nobody else from theirs; the next round comes by there again.
    for (const fault of failures) if (!mayBeRepeated(fault)) this.#onFault(fault);
    if (passing !== undefined) throw passing;
  }

  async #keepToRate(writtenTwins: number): Promise<void> {
    if (writtenTwins === 0) return;
    const now = this.#hub.clock.now();
    const waitMs = this.#bucket.waitMs(RATE, writtenTwins, now);
    this.#bucket.take(RATE, writtenTwins, now);
    if (waitMs > 0) await this.#pause(waitMs);
  }

  /** The metrics of one configuration: a count may read the whole fleet. */
  async #measure(configurations: ReadonlyMap<string, ActiveConfiguration>): Promise<boolean> {
    const now = this.#hub.clock.now();
    if (this.#unmeasured.length === 0 && this.#hasNews && now >= this.#measuredTime + METRIC_MS) {
      this.#hasNews = false;
      this.#measuredTime = now;
      this.#unmeasured = [...configurations.values()];
    }
    const { record } = this.#unmeasured.shift() ?? {};
    const configuration = record && configurations.get(record.id);
    if (configuration === undefined) return record !== undefined;
    await measureConfiguration(this.#hub, configuration);
    return true;
  }

  #wake(): void {
    this.#isWoken = true;
    this.#resting?.abort();
  }

  /** Until something happens to a device, a configuration changes, or the next round or measurement is due. */
  async #rest(): Promise<void> {
    if (!this.#isWoken) {
      const resting = new AbortController();
      this.#resting = resting;
      const timer = setTimeout(() => resting.abort(), this.#restMs());
      timer.unref();
      const happened = await this.#happenings.wait(resting);
      clearTimeout(timer);
      // What comes in bursts is looked at once.
      if (happened) await this.#pause(LIMITS.CONFIGURATION_COALESCE_MS);
    }
    this.#isWoken = false;
  }

  #restMs(): number {
    const now = this.#hub.clock.now();
    const round = this.#hub.configurationWork.lastRoundTime + this.#roundMs - now;
    return Math.max(0, this.#hasNews ? Math.min(round, this.#measuredTime + METRIC_MS - now) : round);
  }

  /** Ends early when the engine closes; a configuration that changes meanwhile waits. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#closing;
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }
}

/** A disk that is full, a twin that many write at once: not for ever. */
function mayBeRepeated(thrown: unknown): boolean {
  return thrown instanceof HubError && thrown.row.retry;
}

/** Another one when devices have to hear of something else. */
function stampOf({ id, createdTime, revision }: ConfigurationRecord): string {
  return `${id} ${createdTime} ${revision}`;
}
