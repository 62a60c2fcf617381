import device from 'azure-iot-provisioning-device';
import amqp from 'azure-iot-provisioning-device-amqp';
import http from 'azure-iot-provisioning-device-http';
import mqtt from 'azure-iot-provisioning-device-mqtt';
import symmetricKey from 'azure-iot-security-symmetric-key';
import type { Provision } from './provision-clients.ts';

/** The official clients as they are. The process must have been started with NODE_EXTRA_CA_CERTS. */
export const SDK_CLIENTS: Readonly<Record<string, Provision>> = {
  HTTPS: overSdk(http.Http),
  MQTT: overSdk(mqtt.Mqtt),
  'MQTT over WebSocket': overSdk(mqtt.MqttWs),
  AMQP: overSdk(amqp.Amqp),
  'AMQP over WebSocket': overSdk(amqp.AmqpWs),
};

type Transport = new () => InstanceType<typeof mqtt.Mqtt>;
type Security = Parameters<typeof device.ProvisioningDeviceClient.create>[3];

function overSdk(transport: new () => object): Provision {
  return async ({ hostName, provisioning }, { registrationId, key }) => {
    const startedMs = performance.now();
    // The packages come with copies of azure-iot-common that differ to TypeScript alone.
    const security = new symmetricKey.SymmetricKeySecurityClient(registrationId, key) as unknown as Security;
    const { idScope } = provisioning;
    const client = device.ProvisioningDeviceClient.create(hostName, idScope, new (transport as Transport)(), security);
    await client.register();
    return { startedMs, askedMs: startedMs, assignedMs: performance.now() };
  };
}
