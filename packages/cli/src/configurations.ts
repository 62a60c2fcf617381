import { readFile } from 'node:fs/promises';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';
import { readJson } from './read-json.ts';
import { devicePath } from './registry.ts';
import type { RestClient } from './rest-client.ts';

/** A configuration as the REST API gives it. */
export interface Configuration {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly content: Readonly<Record<string, unknown>>;
  readonly targetCondition: string;
  readonly priority: number;
  readonly createdTimeUtc: string;
  readonly lastUpdatedTimeUtc: string;
  readonly systemMetrics: ConfigurationMetrics;
  readonly metrics: ConfigurationMetrics;
  readonly etag: string;
}

interface ConfigurationMetrics {
  readonly results: Readonly<Record<string, number>>;
  readonly queries: Readonly<Record<string, string>>;
}

/** What may be changed of one; what is absent stays. */
export interface ConfigurationChange {
  readonly targetCondition?: string;
  readonly priority?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly metrics?: { readonly queries: Readonly<Record<string, string>> };
}

/** What is wrong with a condition and with queries. */
export interface TestedQueries {
  readonly targetConditionError: string | null;
  readonly customMetricQueryErrors: Readonly<Record<string, string>>;
}

/** @throws HubError configuration.exists, configuration.contentInvalid, configuration.conditionInvalid, configuration.metricInvalid */
export async function addConfiguration(
  rest: RestClient,
  id: string,
  content: unknown,
  change: ConfigurationChange,
): Promise<Configuration> {
  const body = { id, schemaVersion: '2.0', content, ...change };
  return (await rest.send({ method: 'PUT', path: configurationPath(id), body })) as Configuration;
}

export async function listConfigurations(rest: RestClient): Promise<readonly Configuration[]> {
  return (await rest.send({ method: 'GET', path: '/configurations' })) as Configuration[];
}

/** @throws HubError configuration.notFound */
export async function getConfiguration(rest: RestClient, id: string): Promise<Configuration> {
  return (await rest.send({ method: 'GET', path: configurationPath(id) })) as Configuration;
}

/** Only what is named, whatever version there is. @throws HubError configuration.notFound, and as `addConfiguration` */
export async function updateConfiguration(
  rest: RestClient,
  id: string,
  change: ConfigurationChange,
): Promise<Configuration> {
  const path = configurationPath(id);
  return (await rest.send({ method: 'PUT', path, body: { id, ...change }, anyVersion: true })) as Configuration;
}

/** @throws HubError configuration.notFound */
export async function removeConfiguration(rest: RestClient, id: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: configurationPath(id), anyVersion: true });
}

export async function testQueries(
  rest: RestClient,
  targetCondition: string,
  customMetricQueries: Readonly<Record<string, string>>,
): Promise<TestedQueries> {
  const body = { targetCondition, customMetricQueries };
  return (await rest.send({ method: 'POST', path: '/configurations/testQueries', body })) as TestedQueries;
}

/** @throws HubError device.notFound, module.notFound, configuration.contentInvalid */
export async function applyContent(
  rest: RestClient,
  { deviceId, moduleId }: { readonly deviceId: string; readonly moduleId?: string | undefined },
  content: unknown,
): Promise<void> {
  const module = moduleId === undefined ? '' : `/modules/${encodeURIComponent(moduleId)}`;
  const path = `${devicePath(deviceId)}${module}/applyConfigurationContent`;
  await rest.send({ method: 'POST', path, body: content });
}

/** As it is sent, or below `content`, as whole configurations have it. @throws CliFailure usage */
export async function readContentFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const advice =
      'Name a file with {"deviceContent": {"properties.desired.interval": 5}}, or moduleContent or modulesContent.';
    throw new CliFailure(ExitCode.usage, `the file ${file} cannot be read`, advice, { cause });
  });
  const json = readJson(file, text.replace(/^\uFEFF/, ''));
  return typeof json === 'object' && json !== null && 'content' in json ? json.content : json;
}

function configurationPath(id: string): string {
  return `/configurations/${encodeURIComponent(id)}`;
}
