import { table } from './output.ts';
import type { RestClient } from './rest-client.ts';

/** A consumer group as the REST API gives it. */
export interface ConsumerGroup {
  readonly name: string;
  readonly properties: { readonly created: string; readonly readers: readonly EventReader[] };
}

interface EventReader {
  readonly partition: number;
  readonly name: string;
  readonly ownerLevel: number | null;
  readonly remoteAddress: string;
  readonly lag: number | null;
}

const GROUPS = '/eventHubEndpoints/events/ConsumerGroups';

export async function listConsumerGroups(rest: RestClient): Promise<readonly ConsumerGroup[]> {
  const { value } = (await rest.send({ method: 'GET', path: GROUPS })) as { value: ConsumerGroup[] };
  return value;
}

/** Nothing changes when it is there already. @throws CliFailure refused */
export async function addConsumerGroup(rest: RestClient, name: string): Promise<ConsumerGroup> {
  return (await rest.send({ method: 'PUT', path: pathOf(name), body: {} })) as ConsumerGroup;
}

/** @throws HubError consumerGroup.notFound */
export async function removeConsumerGroup(rest: RestClient, name: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: pathOf(name) });
}

/** A container for readers' checkpoints, with the permission to use it in its URL. */
export async function openCheckpointStore(
  rest: RestClient,
): Promise<{ readonly url: string; readonly expiryTime: string }> {
  const path = '/eventHubEndpoints/events/CheckpointStore';
  return (await rest.send({ method: 'POST', path, body: {} })) as { url: string; expiryTime: string };
}

/** A line for each reader, and one for a group that nobody reads for. */
export function consumerGroupTable(groups: readonly ConsumerGroup[]): string {
  const rows = groups.flatMap(({ name, properties: { readers } }) =>
    readers.length === 0
      ? [[name, '', '', '', '', 'nobody reads']]
      : readers.map((reader) => [
          name,
          String(reader.partition),
          reader.ownerLevel === null ? 'shares' : String(reader.ownerLevel),
          reader.lag === null ? '' : String(reader.lag),
          reader.remoteAddress,
          reader.name,
        ]),
  );
  return table(['GROUP', 'PARTITION', 'OWNER LEVEL', 'BEHIND', 'FROM', 'READER'], rows);
}

function pathOf(name: string): string {
  return `${GROUPS}/${encodeURIComponent(name)}`;
}
