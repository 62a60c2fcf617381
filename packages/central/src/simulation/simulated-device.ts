import { HubError, isDtmi, type ModelSummary } from '@viaduct/contracts';
import {
  AuthMethod,
  acceptTelemetry,
  completeCommand,
  getTwin,
  type Hub,
  type JsonObject,
  lockNextCommand,
  type OnFault,
  patchReported,
  type RegistryEntry,
  rememberModel,
} from '@viaduct/hub';
import { SimulatedBehaviour, type SimulatedMessage } from './simulated-behaviour.ts';
import { SimulatedSession } from './simulated-session.ts';

export interface SimulatedDeviceOptions {
  readonly hub: Hub;
  readonly entry: RegistryEntry;
  readonly model: ModelSummary;
  readonly onFault: OnFault;
  /** The hub ended the session. */
  readonly onClosed: (reason: HubError) => void;
}

const JSON_BAG = '$.ct=application%2Fjson&$.ce=utf-8';
/** A property that the device changes by itself is reported this often, ms. */
const NOTICES_MS = 300_000;

/**
 * One device that is made up, from its connection to its end. Whatever it does goes through the hub's own use cases, as if a gateway had
 * brought it: its messages are in the log, its twin is a twin, its connection is in the history.
 *
 *     connect ─► reports what is missing ─► accepts what is desired ─► takes commands ─► speak, again and again ─► close
 */
export class SimulatedDevice {
  readonly #hub: Hub;
  readonly #entry: RegistryEntry;
  readonly #model: ModelSummary;
  readonly #behaviour: SimulatedBehaviour;
  readonly #session: SimulatedSession;
  readonly #onFault: OnFault;
  #noticedTime: number;
  #twinWork: Promise<void> = Promise.resolve();
  #messages = 0;

  constructor({ hub, entry, model, onFault, onClosed }: SimulatedDeviceOptions) {
    this.#hub = hub;
    this.#entry = entry;
    this.#model = model;
    this.#onFault = onFault;
    this.#behaviour = new SimulatedBehaviour(model, entry.deviceId);
    this.#noticedTime = hub.clock.now();
    this.#session = new SimulatedSession(entry.deviceId, hub.clock, {
      answer: (methodName) => this.#behaviour.answer(methodName, hub.clock.now()),
      desiredChanged: (patch) =>
        this.#inTurn(() => this.#report(this.#behaviour.accepted(patch, Number(patch.$version)))),
      commandsWaiting: () => this.#inTurn(() => this.#takeCommands()),
      closed: onClosed,
    });
  }

  get model(): ModelSummary {
    return this.#model;
  }

  get generationId(): string {
    return this.#entry.generationId;
  }

  /** Messages since it connected. */
  get messages(): number {
    return this.#messages;
  }

  /** Resolves when it is connected and said what it is. */
  async connect(): Promise<void> {
    const { modelId } = this.#model;
    if (isDtmi(modelId)) await rememberModel(this.#hub, this.#entry, modelId);
    this.#hub.sessions.enter(this.#session);
    this.#hub.sessions.readyForMethods(this.#session.identity);
    this.#inTurn(() => this.#catchUp());
    this.#inTurn(() => this.#takeCommands());
    await this.#twinWork;
  }

  /** One round of messages. @throws HubError as `acceptTelemetry` */
  async speak(): Promise<void> {
    const time = this.#hub.clock.now();
    this.#session.touch();
    for (const message of this.#behaviour.messages(time)) await this.#send(message);
    if (time - this.#noticedTime < NOTICES_MS) return;
    this.#noticedTime = time;
    this.#inTurn(() => this.#report(this.#behaviour.noticed(time)));
  }

  /** Leaves in order. */
  async close(): Promise<void> {
    this.#hub.sessions.leave(this.#session, null, this.#hub.clock.now());
    await this.#twinWork;
  }

  async #send({ component, body }: SimulatedMessage): Promise<void> {
    const { deviceId, generationId } = this.#entry;
    const modelId = this.#model.modelId === '' ? null : this.#model.modelId;
    const speaker = { deviceId, generationId, authMethod: AuthMethod.deviceKey, modelId };
    const bag = component === null ? JSON_BAG : `${JSON_BAG}&$.sub=${encodeURIComponent(component)}`;
    await acceptTelemetry(this.#hub, speaker, { bag, body: Buffer.from(JSON.stringify(body)), flags: 0 });
    this.#messages += 1;
  }

  /** What was never reported, and what was desired while the device was away. */
  async #catchUp(): Promise<void> {
    const { desired, reported } = await getTwin(this.#hub, this.#entry);
    await this.#report(this.#behaviour.unreported(reported.values, this.#hub.clock.now()));
    await this.#report(this.#behaviour.accepted(desired.values, desired.version, reported.values));
  }

  async #report(patch: JsonObject | null): Promise<void> {
    if (patch !== null) await patchReported(this.#hub, this.#entry, patch, null);
  }

  /** It has nothing to do with them, and takes them all the same: who sends one sees it arrive. */
  async #takeCommands(): Promise<void> {
    for (;;) {
      const command = await lockNextCommand(this.#hub, this.#entry);
      if (command?.lockToken === undefined || command.lockToken === null) return;
      this.#session.touch();
      await completeCommand(this.#hub, this.#entry, command.lockToken);
    }
  }

  /** One after another. A refusal is the hub's to give, as to any device; anything else is a fault. */
  #inTurn(work: () => Promise<void>): void {
    this.#twinWork = this.#twinWork.then(work).catch((thrown: unknown) => {
      if (!(thrown instanceof HubError)) this.#onFault(thrown);
    });
  }
}
