import { randomUUID } from 'node:crypto';
import iotDevice, {
  type Client,
  type DeviceMethodRequest,
  type DeviceMethodResponse,
  type Message,
  type SharedAccessKeyAuthenticationProvider,
  type Twin,
} from 'azure-iot-device';
import iotDeviceMqtt from 'azure-iot-device-mqtt';
import type { AgentConfig } from './config.ts';
import type { MethodAnswer } from './method/method-answer.ts';
import type { MachineSample } from './sample-machine.ts';

/** The model this device announces: `model/machine.json`. */
export const MODEL_ID = 'dtmi:viaduct:Machine;1';

/** What the agent answers. Every handler may be called from now until `closed` resolves. */
export interface DeviceHandlers {
  readonly methods: Readonly<Record<string, (payload: unknown) => Promise<MethodAnswer>>>;
  /** The whole desired section after each connect, and each patch in between; both carry `$version`. */
  readonly onDesired: (desired: unknown) => void;
  readonly onCommand: (body: Buffer, messageId: string | undefined) => void;
  /** Something failed and the SDK goes on: for the log and `diagnose`. */
  readonly onError: (error: unknown) => void;
}

/**
 * One life of the official SDK's client, from `open` until its retry policy gives up.
 *
 * Short interruptions are the SDK's to heal: it reconnects, subscribes again and repeats what was not acknowledged.
 * After a session has closed, another one is opened with a new client, for the SDK promises nothing of a used one.
 */
export class DeviceSession {
  /** Resolves, with the reason where there is one, when this session has ended. */
  readonly closed: Promise<Error | undefined>;
  readonly #client: Client;
  readonly #handlers: DeviceHandlers;
  #twin: Twin | undefined;
  #closing = false;
  #end: (reason: undefined) => void = () => undefined;

  private constructor(config: AgentConfig, handlers: DeviceHandlers) {
    const credentials = iotDevice.SharedAccessKeyAuthenticationProvider.fromConnectionString(config.connectionString);
    this.#refuseOnceClosed(credentials);
    const client = iotDevice.Client.fromAuthenticationProvider(credentials, iotDeviceMqtt.Mqtt);
    this.#client = client;
    this.#handlers = handlers;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
      client.on('disconnect', (disconnected?: { transportObj?: Error }) => resolve(disconnected?.transportObj));
    });
    // An 'error' event without a listener would end the process.
    client.on('error', handlers.onError);
  }

  /** Resolves once telemetry may be sent and every handler is in place. Rejects when the hub refuses, or the SDK gave up. */
  static async open(config: AgentConfig, handlers: DeviceHandlers): Promise<DeviceSession> {
    const session = new DeviceSession(config, handlers);
    const client = session.#client;
    try {
      // The SDK reads `ca` as a file name first.
      await client.setOptions({ modelId: MODEL_ID, ...(config.caFile === undefined ? {} : { ca: config.caFile }) });
      await client.open();
      session.#answerMethods();
      session.#receiveCommands();
      await session.#followTwin();
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Resolves when the hub has acknowledged the sample, which means: it is on disk. */
  async send(sample: MachineSample, sampledAt: Date): Promise<void> {
    const message = new iotDevice.Message(JSON.stringify(sample));
    message.messageId = randomUUID();
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    // A sample that waited for a connection keeps its own time. Source: Azure IoT Hub, message system properties.
    message.properties.add('iothub-creation-time-utc', sampledAt.toISOString());
    await this.#client.sendEvent(message);
  }

  async report(patch: object): Promise<void> {
    const twin = this.#twin;
    if (twin === undefined) return;
    await new Promise<void>((resolve, reject) => {
      twin.properties.reported.update(patch, (error: Error | undefined) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#client.close().catch(this.#handlers.onError);
    // The SDK is silent about an end that was asked for.
    this.#end(undefined);
  }

  /**
   * What was not acknowledged when a client is closed, it goes on retrying for minutes, and each retry connects: as the same
   * device, so the old client and the new one would throw each other out. Without credentials it cannot.
   */
  #refuseOnceClosed(credentials: SharedAccessKeyAuthenticationProvider): void {
    const give: (callback: (error?: Error) => void) => void = credentials.getDeviceCredentials.bind(credentials);
    const giveWhileOpen = (callback: (error?: Error) => void) => {
      // Not an error the SDK retries.
      if (this.#closing) callback(new RangeError('the session is over'));
      else give(callback);
    };
    Object.defineProperty(credentials, 'getDeviceCredentials', { value: giveWhileOpen });
  }

  #answerMethods(): void {
    for (const [name, handle] of Object.entries(this.#handlers.methods)) {
      this.#client.onDeviceMethod(name, (request, response) => {
        this.#answer(handle, request, response).catch(this.#handlers.onError);
      });
    }
  }

  async #answer(
    handle: (payload: unknown) => Promise<MethodAnswer>,
    request: DeviceMethodRequest,
    response: DeviceMethodResponse,
  ): Promise<void> {
    const { status, payload } = await handle(request.payload).catch((error: unknown) => {
      this.#handlers.onError(error);
      return { status: 500, payload: { error: 'the agent failed; `diagnose` names the error' } };
    });
    await response.send(status, payload);
  }

  #receiveCommands(): void {
    this.#client.on('message', (message: Message) => {
      this.#handlers.onCommand(message.getBytes() as Buffer, message.messageId);
      this.#client.complete(message).catch(this.#handlers.onError);
    });
  }

  /** The SDK does not ask again after it reconnected, so a wish made meanwhile would be missed: ask at each connect. */
  async #followTwin(): Promise<void> {
    const twin = await this.#client.getTwin();
    this.#twin = twin;
    twin.on('error', this.#handlers.onError);
    twin.on('properties.desired', this.#handlers.onDesired);
    this.#client.on('connect', () => {
      this.#client.getTwin().catch(this.#handlers.onError);
    });
  }
}
