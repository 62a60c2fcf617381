import iotDevice, { type Client, type Message } from 'azure-iot-device';
import iotDeviceAmqp from 'azure-iot-device-amqp';
import iotDeviceHttp from 'azure-iot-device-http';
import iotDeviceMqtt from 'azure-iot-device-mqtt';
import {
  ACKNOWLEDGED_MS_MAX,
  CONNECTED_MS_MAX,
  type Connect,
  type ConnectRequest,
  type SoakConnection,
  within,
} from './connection.ts';

export const SDK_TRANSPORTS = {
  mqtt: iotDeviceMqtt.Mqtt,
  'mqtt-ws': iotDeviceMqtt.MqttWs,
  amqp: iotDeviceAmqp.Amqp,
  'amqp-ws': iotDeviceAmqp.AmqpWs,
  https: iotDeviceHttp.Http,
} as const;

/** The official device client, unmodified, with its own reconnecting. It trusts the root by NODE_EXTRA_CA_CERTS: its HTTPS takes no CA. */
export function connectWithSdk(transport: keyof typeof SDK_TRANSPORTS): Connect {
  return async (request) => {
    const client = iotDevice.Client.fromConnectionString(request.device.connectionString, SDK_TRANSPORTS[transport]);
    const connection = new SdkSoakConnection(client, request);
    await connection.open();
    return connection;
  };
}

class SdkSoakConnection implements SoakConnection {
  readonly #client: Client;
  readonly #onCommand: ConnectRequest['onCommand'];
  isOpen = true;

  constructor(client: Client, { onCommand }: ConnectRequest) {
    this.#client = client;
    this.#onCommand = onCommand;
  }

  async open(): Promise<void> {
    this.#client.on('disconnect', () => {
      this.isOpen = false;
    });
    this.#client.on('error', () => {
      this.isOpen = false;
    });
    await within(this.#client.open(), CONNECTED_MS_MAX, 'open');
    this.#client.on('message', (message: Message) => {
      this.#onCommand(message.messageId);
      // A completion that is lost brings the command again; the ledger counts it once.
      this.#client.complete(message, () => undefined);
    });
  }

  async send(body: string): Promise<void> {
    await within(this.#client.sendEvent(new iotDevice.Message(body)), ACKNOWLEDGED_MS_MAX, 'sendEvent');
  }

  /** It holds its own socket; the server's death is what it has to live through. */
  cut(): void {}

  async close(): Promise<void> {
    this.isOpen = false;
    this.#client.removeAllListeners();
    await within(this.#client.close(), CONNECTED_MS_MAX, 'close');
  }
}
