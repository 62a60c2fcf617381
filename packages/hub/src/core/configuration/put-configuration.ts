import { isDeepStrictEqual } from 'node:util';
import { HubError } from '@viaduct/contracts';
import type { ConfigurationRecord, KeepsConfigurations, MakesRandomness, TellsTime } from '../ports.ts';
import { newEtag } from '../registry/make-entry.ts';
import { readContent } from './configuration-content.ts';
import { type ConfigurationInput, requireConfigurationId, requireValidInput } from './configuration-input.ts';
import { requireMetricQuery } from './configuration-metric.ts';
import { getConfiguration } from './get-configuration.ts';
import { readTarget } from './target-condition.ts';

type ChangesConfigurations = KeepsConfigurations & TellsTime & MakesRandomness;

const ATTEMPTS_MAX = 10;

/**
 * Makes a configuration. Devices hear of it after it is on disk, from the engine.
 *
 * @throws HubError argument.invalid, configuration.contentInvalid, configuration.conditionInvalid, configuration.metricInvalid,
 *   configuration.exists, configuration.tooMany, store.unavailable (retry)
 */
export async function createConfiguration(
  hub: ChangesConfigurations,
  id: string,
  input: ConfigurationInput,
): Promise<ConfigurationRecord> {
  const record = newRecord(hub, requireConfigurationId(id), input);
  switch (await hub.configurations.insert(record, hub.configurationsMax)) {
    case 'exists':
      throw new HubError('configuration.exists', `there is a configuration "${id}" already`);
    case 'full':
      throw new HubError('configuration.tooMany', `there are ${hub.configurationsMax} configurations already`);
    case 'inserted':
      return record;
  }
}

/**
 * Changes labels, condition, priority and metrics. Its content never changes; to send it along as it is does no harm.
 *
 * @throws HubError as `createConfiguration`, and configuration.notFound, configuration.contentImmutable, etag.mismatch
 */
export async function updateConfiguration(
  hub: ChangesConfigurations,
  id: string,
  input: ConfigurationInput,
  ifMatch?: string,
): Promise<ConfigurationRecord> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await getConfiguration(hub, requireConfigurationId(id), ifMatch);
    const after = changedRecord(hub, before, input);
    if (await hub.configurations.replace(after, before.etag)) return after;
  }
  throw new HubError('store.unavailable', 'the configuration is being changed too often at once');
}

/**
 * Removes a configuration. The devices that have it lose what it set, and take what is next in priority; an Edge device keeps what
 * it has until another deployment comes.
 *
 * @throws HubError configuration.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function removeConfiguration(hub: ChangesConfigurations, id: string, ifMatch?: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await getConfiguration(hub, id, ifMatch);
    const after = { ...before, isDeleted: true, revision: before.revision + 1, etag: newEtag(hub) };
    if (await hub.configurations.replace(after, before.etag)) return;
  }
  throw new HubError('store.unavailable', 'the configuration is being changed too often at once');
}

function newRecord(hub: TellsTime & MakesRandomness, id: string, input: ConfigurationInput): ConfigurationRecord {
  requireValidInput(input);
  const { content = {}, schemaVersion = '1.0', labels = {}, targetCondition = '', priority = 0 } = input;
  const { metricQueries = {} } = input;
  const { kind } = readContent(content);
  readTarget(kind, targetCondition);
  for (const [name, query] of Object.entries(metricQueries)) requireMetricQuery(name, query);
  const now = hub.clock.now();
  return {
    ...{ id, kind, schemaVersion, labels, content, targetCondition, priority, metricQueries },
    createdTime: now,
    updatedTime: now,
    etag: newEtag(hub),
    revision: 1,
    settledRevision: 0,
    isDeleted: false,
  };
}

function changedRecord(
  hub: TellsTime & MakesRandomness,
  before: ConfigurationRecord,
  input: ConfigurationInput,
): ConfigurationRecord {
  requireValidInput(input);
  if (input.content !== undefined && !isDeepStrictEqual(input.content, before.content)) {
    throw new HubError('configuration.contentImmutable', `the content of "${before.id}" was set when it was made`);
  }
  const after = { ...before, ...input, content: before.content };
  readTarget(after.kind, after.targetCondition);
  for (const [name, query] of Object.entries(input.metricQueries ?? {})) requireMetricQuery(name, query);
  const isHeard = after.targetCondition !== before.targetCondition || after.priority !== before.priority;
  return {
    ...after,
    updatedTime: hub.clock.now(),
    etag: newEtag(hub),
    revision: before.revision + (isHeard ? 1 : 0),
  };
}
