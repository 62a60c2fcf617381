import { quoted } from './quote.ts';
import type { Snippet, SnippetFacts } from './snippets.ts';

export function c({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'c',
    title: 'C',
    before: 'Link with azure-iot-sdk-c (iothub_client, iothub_client_mqtt_transport) and run beside viaduct-ca.pem.',
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

export function csharp({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'csharp',
    title: 'C#',
    before: `dotnet add package Microsoft.Azure.Devices.Client
# then run: SSL_CERT_FILE=viaduct-ca.pem dotnet run   (Windows: put viaduct-ca.pem into the trusted roots)`,
    text: `using System.Text;
using Microsoft.Azure.Devices.Client;

using var device = DeviceClient.CreateFromConnectionString(
    ${quoted(connectionString)}, TransportType.Mqtt_Tcp_Only);
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

export function java({ connectionString }: SnippetFacts): Snippet {
  return {
    id: 'java',
    title: 'Java',
    before: `# Maven: com.microsoft.azure.sdk.iot:iot-device-client:2.5.0
keytool -importcert -noprompt -alias viaduct -file viaduct-ca.pem -keystore viaduct.jks -storepass viaduct
# then run with: -Djavax.net.ssl.trustStore=viaduct.jks -Djavax.net.ssl.trustStorePassword=viaduct`,
    text: `import com.microsoft.azure.sdk.iot.device.*;
import java.util.concurrent.ThreadLocalRandom;

public class Device {
  public static void main(String[] args) throws Exception {
    DeviceClient device = new DeviceClient(
        ${quoted(connectionString)}, IotHubClientProtocol.MQTT);
    device.open(true);
    while (true) {
      double temperature = 20 + ThreadLocalRandom.current().nextDouble() * 5;
      Message message = new Message("{\\"temperature\\":" + temperature + "}");
      message.setContentType("application/json");
      message.setContentEncoding("utf-8");
      device.sendEvent(message);
      Thread.sleep(1000);
    }
  }
}
`,
  };
}
