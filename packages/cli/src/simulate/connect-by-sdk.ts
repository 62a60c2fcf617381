import type { ConnectDevice, DeviceConnection } from './device-connection.ts';

/** Through the official SDK, as a real device would: it reconnects by itself. About 1 MB of memory a device. */
export async function connectBySdk({ address, credential, onLost }: ConnectDevice): Promise<DeviceConnection> {
  const [{ default: device }, { default: transport }] = await Promise.all([
    import('azure-iot-device'),
    import('azure-iot-device-mqtt'),
  ]);
  const client = device.Client.fromConnectionString(credential.connectionString, transport.Mqtt);
  client.on('error', onLost);
  client.on('disconnect', () => onLost(new TypeError(`${credential.deviceId} was disconnected`)));
  await client.setOptions(address.caFile === undefined ? {} : { ca: address.caFile });
  await client.open();
  return {
    send: async (body) => {
      const message = new device.Message(body);
      message.contentType = 'application/json';
      message.contentEncoding = 'utf-8';
      await client.sendEvent(message);
    },
    close: async () => {
      client.removeAllListeners('disconnect');
      await client.close();
    },
  };
}
