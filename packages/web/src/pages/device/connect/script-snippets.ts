import { quoted } from './quote.ts';
import type { Snippet, SnippetFacts } from './snippets.ts';

export function node({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'node',
    title: 'Node.js',
    before: 'npm install azure-iot-device azure-iot-device-mqtt   # then save as device.cjs and run: node device.cjs',
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

export function python({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'python',
    title: 'Python',
    before: 'pip install azure-iot-device   # then save as device.py and run: python3 device.py',
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
