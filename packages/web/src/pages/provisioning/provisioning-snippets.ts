/** What a snippet is made of; `key` may be masked for showing, and is null for a device with a certificate. */
export interface ProvisioningFacts {
  readonly idScope: string;
  readonly hostName: string;
  readonly registrationId: string;
  /** Base64: of the device, not of its group. */
  readonly key: string | null;
}

export interface ProvisioningSnippet {
  readonly id: 'node' | 'python' | 'csharp' | 'c' | 'embedded' | 'cli';
  readonly title: string;
  /** What to do before running it. */
  readonly before: string;
  readonly text: string;
}

/** What a device with a certificate has beside its program. */
export const CERTIFICATE_FILE = 'device.pem';
export const KEY_FILE = 'device.key';

/** One way to be provisioned and to send a first message per kind of client; each is complete, to be pasted and run. */
export function provisioningSnippets(facts: ProvisioningFacts): readonly ProvisioningSnippet[] {
  return [node(facts), python(facts), csharp(facts), c(facts), embedded(facts), cli(facts)];
}

function node({ idScope, hostName, registrationId, key }: ProvisioningFacts): ProvisioningSnippet {
  const security = key === null ? 'azure-iot-security-x509' : 'azure-iot-security-symmetric-key';
  const made =
    key === null
      ? `const { X509Security } = require('azure-iot-security-x509');
const certificate = { cert: readFileSync('${CERTIFICATE_FILE}', 'utf8'), key: readFileSync('${KEY_FILE}', 'utf8') };
const security = new X509Security(${quoted(registrationId)}, certificate);`
      : `const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const key = ${quoted(key)};
const security = new SymmetricKeySecurityClient(${quoted(registrationId)}, key);`;
  const opened =
    key === null
      ? `  const device = Client.fromConnectionString(
    \`HostName=\${assignedHub};DeviceId=\${deviceId};x509=true\`, Mqtt);
  await device.setOptions(certificate);`
      : `  const device = Client.fromConnectionString(
    \`HostName=\${assignedHub};DeviceId=\${deviceId};SharedAccessKey=\${key}\`, Mqtt);`;
  return {
    id: 'node',
    title: 'Node.js',
    before: `npm install azure-iot-device azure-iot-device-mqtt azure-iot-provisioning-device azure-iot-provisioning-device-mqtt ${security}
# then save as device.cjs and run: NODE_EXTRA_CA_CERTS=viaduct-ca.pem node device.cjs`,
    text: `const { readFileSync } = require('node:fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt: ProvisioningMqtt } = require('azure-iot-provisioning-device-mqtt');
${made}

const provisioning = ProvisioningDeviceClient.create(
  ${quoted(hostName)}, ${quoted(idScope)}, new ProvisioningMqtt(), security);

async function main() {
  const { assignedHub, deviceId } = await provisioning.register();
${opened}
  await device.open();
  console.log(\`\${deviceId} is at \${assignedHub}\`);
  setInterval(() => {
    const message = new Message(JSON.stringify({ temperature: 20 + Math.random() * 5 }));
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    device.sendEvent(message).catch(console.error);
  }, 1000);
}

main().catch(console.error);
`.replace(key === null ? '' : "const { readFileSync } = require('node:fs');\n", ''),
  };
}

function python({ idScope, hostName, registrationId, key }: ProvisioningFacts): ProvisioningSnippet {
  const [imported, credential, kind, argument, hub] =
    key === null
      ? [
          ', X509',
          `certificate = X509("${CERTIFICATE_FILE}", "${KEY_FILE}")`,
          'x509_certificate',
          'x509=certificate',
          'x509=certificate, hostname=assigned.assigned_hub, device_id=assigned.device_id',
        ]
      : [
          '',
          `key = ${quoted(key)}`,
          'symmetric_key',
          'symmetric_key=key',
          'symmetric_key=key, hostname=assigned.assigned_hub, device_id=assigned.device_id',
        ];
  return {
    id: 'python',
    title: 'Python',
    before: 'pip install azure-iot-device   # then save as device.py and run: python3 device.py',
    text: `import json, random, time
from azure.iot.device import IoTHubDeviceClient, Message, ProvisioningDeviceClient${imported}

ca = open("viaduct-ca.pem").read()
${credential}
provisioning = ProvisioningDeviceClient.create_from_${kind}(
    provisioning_host=${quoted(hostName)},
    registration_id=${quoted(registrationId)},
    id_scope=${quoted(idScope)},
    ${argument},
    server_verification_cert=ca,
)
assigned = provisioning.register().registration_state
client = IoTHubDeviceClient.create_from_${kind}(
    ${hub},
    server_verification_cert=ca,
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

function csharp({ idScope, hostName, registrationId, key }: ProvisioningFacts): ProvisioningSnippet {
  const [security, authentication] =
    key === null
      ? [
          `using var certificate = X509Certificate2.CreateFromPemFile("${CERTIFICATE_FILE}", "${KEY_FILE}");
using var security = new SecurityProviderX509Certificate(certificate);`,
          'new DeviceAuthenticationWithX509Certificate(assigned.DeviceId, certificate)',
        ]
      : [
          `using var security = new SecurityProviderSymmetricKey(
    ${quoted(registrationId)},
    ${quoted(key)}, null);`,
          'new DeviceAuthenticationWithRegistrySymmetricKey(assigned.DeviceId, security.GetPrimaryKey())',
        ];
  return {
    id: 'csharp',
    title: 'C#',
    before: `dotnet add package Microsoft.Azure.Devices.Client
dotnet add package Microsoft.Azure.Devices.Provisioning.Client
dotnet add package Microsoft.Azure.Devices.Provisioning.Transport.Mqtt
# then run: SSL_CERT_FILE=viaduct-ca.pem dotnet run   (Windows: put viaduct-ca.pem into the trusted roots)`,
    text: `using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Azure.Devices.Client;
using Microsoft.Azure.Devices.Provisioning.Client;
using Microsoft.Azure.Devices.Provisioning.Client.Transport;
using Microsoft.Azure.Devices.Shared;

${security}
using var transport = new ProvisioningTransportHandlerMqtt(TransportFallbackType.TcpOnly);
var provisioning = ProvisioningDeviceClient.Create(
    ${quoted(hostName)}, ${quoted(idScope)}, security, transport);
var assigned = await provisioning.RegisterAsync();

var authentication = ${authentication};
using var device = DeviceClient.Create(assigned.AssignedHub, authentication, TransportType.Mqtt_Tcp_Only);
while (true)
{
    var body = Encoding.UTF8.GetBytes($"{{\\"temperature\\":{20 + Random.Shared.NextDouble() * 5:F2}}}");
    using var message = new Message(body) { ContentType = "application/json", ContentEncoding = "utf-8" };
    await device.SendEventAsync(message);
    await Task.Delay(1000);
}
`,
  };
}

function c({ idScope, hostName, registrationId, key }: ProvisioningFacts): ProvisioningSnippet {
  const [type, told, before] =
    key === null
      ? [
          'X509',
          '',
          ` The certificate comes from the HSM part of the SDK: custom_hsm_example.c shows where ${CERTIFICATE_FILE} and ${KEY_FILE} go.`,
        ]
      : ['SYMMETRIC_KEY', `  prov_dev_set_symmetric_key_info(${quoted(registrationId)}, ${quoted(key)});\n`, ''];
  return {
    id: 'c',
    title: 'C',
    before: `Link with azure-iot-sdk-c built with use_prov_client (prov_device_ll_client, prov_mqtt_transport).${before}
Run with: SSL_CERT_FILE=viaduct-ca.pem`,
    text: `#include <stdio.h>
#include <stdbool.h>
#include "azure_c_shared_utility/threadapi.h"
#include "azure_prov_client/iothub_security_factory.h"
#include "azure_prov_client/prov_device_ll_client.h"
#include "azure_prov_client/prov_security_factory.h"
#include "azure_prov_client/prov_transport_mqtt_client.h"
#include "iothub.h"
#include "iothub_device_client_ll.h"
#include "iothubtransportmqtt.h"

static char hub[256], device_id[129];
static volatile bool done;

static void on_registered(PROV_DEVICE_RESULT result, const char *uri, const char *id, void *context) {
  (void)context;
  if (result == PROV_DEVICE_RESULT_OK) {
    snprintf(hub, sizeof hub, "%s", uri);
    snprintf(device_id, sizeof device_id, "%s", id);
  }
  done = true;
}

int main(void) {
  IoTHub_Init();
  prov_dev_security_init(SECURE_DEVICE_TYPE_${type});
${told}  PROV_DEVICE_LL_HANDLE provisioning =
      Prov_Device_LL_Create(${quoted(hostName)}, ${quoted(idScope)}, Prov_Device_MQTT_Protocol);
  Prov_Device_LL_SetOption(provisioning, PROV_REGISTRATION_ID, ${quoted(registrationId)});
  Prov_Device_LL_Register_Device(provisioning, on_registered, NULL, NULL, NULL);
  while (!done) {
    Prov_Device_LL_DoWork(provisioning);
    ThreadAPI_Sleep(10);
  }
  Prov_Device_LL_Destroy(provisioning);
  if (hub[0] == 0) return 1;

  iothub_security_init(IOTHUB_SECURITY_TYPE_${type});
  IOTHUB_DEVICE_CLIENT_LL_HANDLE device =
      IoTHubDeviceClient_LL_CreateFromDeviceAuth(hub, device_id, MQTT_Protocol);
  IOTHUB_MESSAGE_HANDLE message = IoTHubMessage_CreateFromString("{\\"temperature\\":21.5}");
  IoTHubMessage_SetContentTypeSystemProperty(message, "application/json");
  IoTHubMessage_SetContentEncodingSystemProperty(message, "utf-8");
  IoTHubDeviceClient_LL_SendEventAsync(device, message, NULL, NULL);
  IoTHubMessage_Destroy(message);
  for (;;) {
    IoTHubDeviceClient_LL_DoWork(device);
    ThreadAPI_Sleep(10);
  }
}
`,
  };
}

function embedded({ idScope, hostName, registrationId, key }: ProvisioningFacts): ProvisioningSnippet {
  const variables =
    key === null
      ? `export AZ_IOT_DEVICE_X509_CERT_PEM_FILE_PATH=${CERTIFICATE_FILE}   # certificate and key in one file
export AZ_IOT_PROVISIONING_REGISTRATION_ID=${shell(registrationId)}`
      : `export AZ_IOT_PROVISIONING_SAS_KEY=${shell(key)}
export AZ_IOT_PROVISIONING_REGISTRATION_ID=${shell(registrationId)}`;
  const sample = key === null ? 'paho_iot_provisioning_sample' : 'paho_iot_provisioning_sas_sample';
  return {
    id: 'embedded',
    title: 'Embedded C',
    before: `The samples of azure-sdk-for-c have the host name in a constant: set prov_endpoint in ${sample}.c to "ssl://${hostName}:8883", then build.`,
    text: `export AZ_IOT_PROVISIONING_ID_SCOPE=${shell(idScope)}
${variables}
export AZ_IOT_DEVICE_X509_TRUST_PEM_FILE_PATH=viaduct-ca.pem
./${sample}
`,
  };
}

function cli({ idScope, hostName, registrationId, key }: ProvisioningFacts): ProvisioningSnippet {
  const credential =
    key === null ? `--certificate ${CERTIFICATE_FILE} --private-key ${KEY_FILE}` : `--key ${shell(key)}`;
  return {
    id: 'cli',
    title: 'Command line',
    before: 'Tries it without a device: says where the device would go, or why it is turned away.',
    text: `viaduct provision device ${shell(registrationId)} \\
  --host ${shell(hostName)} --id-scope ${shell(idScope)} --ca viaduct-ca.pem \\
  ${credential}
`,
  };
}

/** A string literal that all these languages read alike: ids and keys are ASCII. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
