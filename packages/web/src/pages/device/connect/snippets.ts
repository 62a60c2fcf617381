import type { ConnectionInfo } from '@viaduct/contracts';

/** What a snippet is made of; `connectionString` and `sas` may be masked for showing. */
export interface SnippetFacts {
  readonly deviceId: string;
  readonly connection: Pick<ConnectionInfo, 'hostName' | 'ports'>;
  readonly connectionString: string;
  readonly sas: string;
}

export interface Snippet {
  readonly id: 'node' | 'python' | 'c' | 'mqtt';
  readonly title: string;
  /** What to do before running it. */
  readonly before: string;
  readonly language: string;
  readonly text: string;
}

/** One way to send a first message per kind of client; each is complete, to be pasted and run. */
export function snippets(facts: SnippetFacts): readonly Snippet[] {
  return [node(facts), python(facts), c(facts), mqtt(facts)];
}

function node({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'node',
    title: 'Node.js',
    before: 'npm install azure-iot-device azure-iot-device-mqtt   # then save as device.cjs and run: node device.cjs',
    language: 'javascript',
    text: `const { readFileSync } = require('node:fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const client = Client.fromConnectionString(${quoted(connectionString)}, Mqtt);

async function main() {
  await client.setOptions({ ca: readFileSync('viaduct-ca.pem', 'utf8') });
  await client.open();
  setInterval(() => {
    const message = new Message(JSON.stringify({ temperature: 20 + Math.random() * 5 }));
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    client.sendEvent(message).catch(console.error);
  }, 1000);
}

main().catch(console.error);
`,
  };
}

function python({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'python',
    title: 'Python',
    before: 'pip install azure-iot-device   # then save as device.py and run: python3 device.py',
    language: 'python',
    text: `import json, random, time
from azure.iot.device import IoTHubDeviceClient, Message

client = IoTHubDeviceClient.create_from_connection_string(
    ${quoted(connectionString)},
    server_verification_cert=open("viaduct-ca.pem").read(),
)
client.connect()
while True:
    message = Message(json.dumps({"temperature": 20 + random.random() * 5}))
    message.content_type, message.content_encoding = "application/json", "utf-8"
    client.send_message(message)
    time.sleep(1)
`,
  };
}

function c({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'c',
    title: 'C',
    before: 'Link with azure-iot-sdk-c (iothub_client, iothub_client_mqtt_transport) and run beside viaduct-ca.pem.',
    language: 'c',
    text: `#include <stdio.h>
#include <stdlib.h>
#include "azure_c_shared_utility/shared_util_options.h"
#include "azure_c_shared_utility/threadapi.h"
#include "iothub.h"
#include "iothub_device_client_ll.h"
#include "iothubtransportmqtt.h"

static char ca[16384];

int main(void) {
  FILE *file = fopen("viaduct-ca.pem", "r");
  if (file == NULL) return 1;
  ca[fread(ca, 1, sizeof ca - 1, file)] = 0;
  fclose(file);

  IoTHub_Init();
  IOTHUB_DEVICE_CLIENT_LL_HANDLE device = IoTHubDeviceClient_LL_CreateFromConnectionString(
      ${quoted(connectionString)}, MQTT_Protocol);
  IoTHubDeviceClient_LL_SetOption(device, OPTION_TRUSTED_CERT, ca);

  for (int tick = 0;; tick++) {
    if (tick % 100 == 0) {
      char body[64];
      snprintf(body, sizeof body, "{\\"temperature\\":%.2f}", 20 + 5.0 * rand() / RAND_MAX);
      IOTHUB_MESSAGE_HANDLE message = IoTHubMessage_CreateFromString(body);
      IoTHubMessage_SetContentTypeSystemProperty(message, "application/json");
      IoTHubMessage_SetContentEncodingSystemProperty(message, "utf-8");
      IoTHubDeviceClient_LL_SendEventAsync(device, message, NULL, NULL);
      IoTHubMessage_Destroy(message);
    }
    IoTHubDeviceClient_LL_DoWork(device);
    ThreadAPI_Sleep(10);
  }
}
`,
  };
}

function mqtt({ deviceId, connection, sas }: SnippetFacts): Snippet {
  const { hostName, ports } = connection;
  const topic = `devices/${deviceId}/messages/events/$.ct=application%2Fjson&$.ce=utf-8`;
  return {
    id: 'mqtt',
    title: 'Any MQTT client',
    before: 'apt install mosquitto-clients   # or any MQTT 3.1.1 client; the token below is valid for 24 hours',
    language: 'shell',
    text: `mosquitto_pub -V mqttv311 -q 1 \\
  -h ${shell(hostName)} -p ${ports.mqtt} --cafile viaduct-ca.pem \\
  -i ${shell(deviceId)} \\
  -u ${shell(`${hostName}/${deviceId}/?api-version=2021-04-12`)} \\
  -P ${shell(sas)} \\
  -t ${shell(topic)} \\
  -m '{"temperature": 21.5}'
`,
  };
}

/** A string literal that JavaScript, Python and C read alike: ids and keys are ASCII. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Replaces the key in a connection string or the signature in a token, so that it can stay on screen. */
export function masked(secret: string): string {
  return secret.replace(/(SharedAccessKey=|sig=)[^;&]+/g, '$1••••••••');
}
