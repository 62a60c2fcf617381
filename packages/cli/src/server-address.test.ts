import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExitCode } from './exit-code.ts';
import { eventHubsOf, resolveServer } from './server-address.ts';

const remote = 'HostName=hub.example;SharedAccessKeyName=service;SharedAccessKey=a2V5PT0=';

describe('resolveServer', () => {
  let data: string;

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'viaduct-address-'));
    const ready = {
      hostName: '127.0.0.9',
      hubConnectionString: 'HostName=127.0.0.9;SharedAccessKeyName=iothubowner;SharedAccessKey=b3duZXI=',
      eventHubsConnectionString: 'Endpoint=sb://127.0.0.9/;EntityPath=e',
      caFile: '/etc/viaduct/ca.pem',
      ports: { mqtt: 18883, amqp: 15671, https: 8443 },
    };
    await writeFile(join(data, 'server.json'), JSON.stringify(ready));
  });

  afterEach(() => rm(data, { recursive: true }));

  it('takes everything from the file of the server that runs in the folder', async () => {
    expect(await resolveServer({ data }, {})).toMatchObject({
      hostName: '127.0.0.9',
      httpsPort: 8443,
      mqttPort: 18883,
      amqpPort: 15671,
      policy: 'iothubowner',
      key: 'b3duZXI=',
      caFile: '/etc/viaduct/ca.pem',
    });
  });

  it('takes a connection string, on the command line before the environment, and before the folder of the environment', async () => {
    const env = { VIADUCT_DATA: data, VIADUCT_CONNECTION_STRING: remote, VIADUCT_CA_FILE: '/ca.pem' };
    expect(await resolveServer({}, env)).toMatchObject({ hostName: 'hub.example', key: 'a2V5PT0=', caFile: '/ca.pem' });
    const other = remote.replace('hub.example', 'other.example:18883');
    expect(await resolveServer({ connectionString: other }, env)).toMatchObject({
      hostName: 'other.example',
      mqttPort: 18883,
      httpsPort: 443,
    });
  });

  it('prefers a folder that was named to a connection string that lies in the environment', async () => {
    const env = { VIADUCT_CONNECTION_STRING: remote };
    expect(await resolveServer({ data }, env)).toMatchObject({ hostName: '127.0.0.9' });
  });

  it('is unreachable when no server runs there, and says how to start one', async () => {
    await expect(resolveServer({ data: '/nowhere' }, {})).rejects.toMatchObject({
      exitCode: ExitCode.unreachable,
      advice: expect.stringContaining('viaduct serve'),
    });
  });

  it('refuses a connection string without rights or sense as wrong usage', async () => {
    for (const connectionString of ['HostName=h;DeviceId=d;SharedAccessKey=k', 'nonsense', 'HostName=h']) {
      await expect(resolveServer({ connectionString }, {})).rejects.toMatchObject({ exitCode: ExitCode.usage });
    }
  });

  it('does not guess the entity path of a server it knows only by its hub connection string', async () => {
    const address = await resolveServer({ connectionString: remote }, {});
    expect(() => eventHubsOf(address)).toThrow(/not known here/);
  });
});
