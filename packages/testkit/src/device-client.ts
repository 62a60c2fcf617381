import { readFile } from 'node:fs/promises';
import { Client } from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';

const TRANSPORTS = { mqtt: Mqtt, 'mqtt-ws': MqttWs } as const;

/** The official device client, unmodified, trusting the server's root. Not connected yet. */
export async function deviceClient(
  connectionString: string,
  caFile: string,
  transport: keyof typeof TRANSPORTS = 'mqtt',
): Promise<Client> {
  const client = Client.fromConnectionString(connectionString, TRANSPORTS[transport]);
  await client.setOptions({ ca: await readFile(caFile, 'utf8') });
  return client;
}
