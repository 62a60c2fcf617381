import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { TestPeer } from './test-peer.ts';

/** Makes a stream of JetStream: its name, what it listens to, its limits. */
export async function createNatsStream(
  peer: TestPeer,
  stream: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const client = await connect({ servers: `${peer.address}:${peer.port}` });
  await (await jetstreamManager(client)).streams.add(stream);
  await client.close();
}

/** How many messages it holds. */
export async function countNatsStream(peer: TestPeer, name: string): Promise<number> {
  const client = await connect({ servers: `${peer.address}:${peer.port}` });
  const { state } = await (await jetstreamManager(client)).streams.info(name);
  await client.close();
  return state.messages;
}
