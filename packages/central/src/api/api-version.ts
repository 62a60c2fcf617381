import { HubError } from '@viaduct/contracts';
import type { OperationRow } from './operation-table.ts';

/** Every version of the interface that was ever published, oldest first. */
const API_VERSIONS = [
  '1.0',
  'preview',
  '1.1-preview',
  '1.2-preview',
  '2022-05-31',
  '2022-06-30-preview',
  '2022-07-31',
  '2022-10-31-preview',
] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

/** @throws HubError central.apiVersionUnsupported */
export function requireApiVersion(given: string | undefined): ApiVersion {
  const version = API_VERSIONS.find((known) => known === given);
  if (version !== undefined) return version;
  const what = given === undefined ? 'the query parameter api-version is missing' : `api-version ${given} is unknown`;
  throw new HubError('central.apiVersionUnsupported', `${what}; send one of ${API_VERSIONS.join(', ')}`);
}

/** The versions that have an operation: previews from the one that brought it on, the others once it was out of preview. Pure. */
export function versionsOf({ since, ga }: OperationRow): readonly ApiVersion[] {
  const first = (version: ApiVersion) => API_VERSIONS.indexOf(version);
  return API_VERSIONS.filter((version, at) => {
    if (version.endsWith('preview')) return at >= first(since);
    return ga !== undefined && at >= first(ga);
  });
}

/** @throws HubError central.apiVersionUnsupported */
export function requireOperationIn(operationId: string, row: OperationRow, version: ApiVersion): void {
  const versions = versionsOf(row);
  if (versions.includes(version)) return;
  throw new HubError(
    'central.apiVersionUnsupported',
    `${operationId} is not in api-version ${version}; it is in ${versions.join(', ')}`,
  );
}
