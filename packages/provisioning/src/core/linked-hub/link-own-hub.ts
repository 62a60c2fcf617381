import type { MakesRandomness, TellsTime } from '@viaduct/hub';
import type { KeepsLinkedHubs } from '../ports.ts';

/** The hub of this server is linked from the first start on; what an operator set on the link stays. */
export async function linkOwnHub(p: KeepsLinkedHubs & TellsTime & MakesRandomness, hostName: string): Promise<void> {
  if ((await p.linkedHubs.find(hostName)) !== undefined) return;
  const now = p.clock.now();
  await p.linkedHubs.insert({
    hostName,
    kind: 'local',
    connectionString: null,
    caPem: null,
    allocationWeight: 1,
    takesNewDevices: true,
    createdTime: now,
    updatedTime: now,
    etag: p.random.bytes(8).toString('hex'),
  });
}
