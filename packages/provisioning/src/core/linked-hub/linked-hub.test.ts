import { describe, expect, it } from 'vitest';
import type { LinkedHubRecord, LinkedHubStore } from '../ports.ts';
import { changeLinkedHub, type LinkedHubInput, linkHub, listLinkedHubs, unlinkHub } from './linked-hub.ts';

const NOW = Date.UTC(2030, 0, 1);
const AZURE = 'HostName=Fleet.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5';
const LOCAL: LinkedHubRecord = {
  ...{ hostName: 'hub.example', kind: 'local', connectionString: null, caPem: null },
  ...{ allocationWeight: 1, takesNewDevices: true, createdTime: 0, updatedTime: 0, etag: 'e0' },
};

function ports() {
  const rows = new Map([[LOCAL.hostName, LOCAL]]);
  const linkedHubs: LinkedHubStore = {
    list: async () => [...rows.values()].sort((a, b) => (a.hostName < b.hostName ? -1 : 1)),
    find: async (hostName) => rows.get(hostName.toLowerCase()),
    insert: async (record) => !rows.has(record.hostName) && rows.set(record.hostName, record).size > 0,
    replace: async (record, etag) =>
      rows.get(record.hostName)?.etag === etag && rows.set(record.hostName, record).size > 0,
    remove: async (hostName) => rows.delete(hostName),
  };
  let made = 0;
  const random = { bytes: (count: number) => Buffer.alloc(count, ++made) };
  return { linkedHubs, random, clock: { now: () => NOW }, hostNames: ['hub.example', '127.0.0.1'] };
}

describe('linked hubs', () => {
  it('are known by the name in their connection string, in lower case, and stand after this server', async () => {
    const p = ports();
    const hub = await linkHub(p, { connectionString: AZURE, allocationWeight: 3 });
    expect(hub).toMatchObject({ hostName: 'fleet.azure-devices.net', kind: 'remote', allocationWeight: 3 });
    expect(hub).toMatchObject({ takesNewDevices: true, caPem: null, createdTime: NOW });
    expect(await listLinkedHubs(p)).toEqual([LOCAL, hub]);
    await expect(linkHub(p, { connectionString: AZURE })).rejects.toMatchObject({ code: 'linkedHub.exists' });
  });

  it('are changed only as the caller knows them, and what is not named stays', async () => {
    const p = ports();
    const { etag } = await linkHub(p, { connectionString: AZURE, allocationWeight: 3 });
    const changed = await changeLinkedHub(p, 'FLEET.azure-devices.net', { takesNewDevices: false }, etag);
    expect(changed).toMatchObject({ connectionString: AZURE, allocationWeight: 3, takesNewDevices: false });
    await expect(changeLinkedHub(p, changed.hostName, {}, etag)).rejects.toMatchObject({ code: 'etag.mismatch' });
    await unlinkHub(p, changed.hostName);
    expect(await listLinkedHubs(p)).toEqual([LOCAL]);
    await expect(unlinkHub(p, changed.hostName)).rejects.toMatchObject({ code: 'linkedHub.notFound' });
  });

  it('never lose this server, which may only be weighed', async () => {
    const p = ports();
    expect(await changeLinkedHub(p, 'hub.example', { allocationWeight: 9 })).toMatchObject({ allocationWeight: 9 });
    const own = AZURE.replace('Fleet.azure-devices.net', '127.0.0.1');
    await expect(linkHub(p, { connectionString: own })).rejects.toMatchObject({ code: 'linkedHub.exists' });
    for (const refused of [
      unlinkHub(p, 'hub.example'),
      changeLinkedHub(p, 'hub.example', { connectionString: AZURE }),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'linkedHub.invalid' });
    }
  });

  it.each<[string, LinkedHubInput]>([
    ['no connection string', {}],
    ['text that is none', { connectionString: 'hello' }],
    ["a device's", { connectionString: 'HostName=a.example;DeviceId=d;SharedAccessKey=a2V5' }],
    ['no weight', { connectionString: AZURE, allocationWeight: 0 }],
    ['too much weight', { connectionString: AZURE, allocationWeight: 1_001 }],
  ])('are refused with %s', async (_what, input) => {
    await expect(linkHub(ports(), input)).rejects.toMatchObject({ code: 'linkedHub.invalid' });
  });

  it('are refused with an authority that is no certificate', async () => {
    const refused = linkHub(ports(), { connectionString: AZURE, caPem: 'hello' });
    await expect(refused).rejects.toMatchObject({ code: 'certificate.invalid' });
  });
});
