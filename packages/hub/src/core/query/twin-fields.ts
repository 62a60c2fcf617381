import type { Path, QuerySource } from './expression.ts';
import { QueryRefusal, quoted } from './query-refusal.ts';

/** The members of a twin's document, as `GET /twins/{id}` writes them. */
export const TWIN_FIELDS = [
  'deviceId',
  'moduleId',
  'etag',
  'deviceEtag',
  'status',
  'statusReason',
  'statusUpdateTime',
  'connectionState',
  'lastActivityTime',
  'cloudToDeviceMessageCount',
  'authenticationType',
  'x509Thumbprint',
  'modelId',
  'version',
  'tags',
  'properties',
  'capabilities',
  'deviceScope',
  'parentScopes',
  'configurations',
] as const;
export type TwinField = (typeof TWIN_FIELDS)[number];

/** What `FROM devices.jobs` tells of each device of each job. */
export const JOB_FIELDS = [
  'deviceId',
  'moduleId',
  'jobId',
  'jobType',
  'status',
  'startTimeUtc',
  'endTimeUtc',
  'createdDateTimeUtc',
  'lastUpdatedDateTimeUtc',
  'outcome',
  'error',
] as const;

export type JobField = (typeof JOB_FIELDS)[number];

/** Root fields of each source. */
export const FIELDS: Readonly<Record<QuerySource, readonly string[]>> = {
  devices: TWIN_FIELDS,
  'devices.modules': TWIN_FIELDS,
  'devices.jobs': JOB_FIELDS,
};

/** Fixed members inside root fields; like the root they are found in any case. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  properties: ['desired', 'reported'],
  capabilities: ['iotEdge'],
  x509Thumbprint: ['primaryThumbprint', 'secondaryThumbprint'],
};

const NAMES = new Map([...TWIN_FIELDS, ...JOB_FIELDS].map((name) => [name.toLowerCase(), name as string]));

/**
 * The path of a field of a twin or a job's row, in the spelling of the document. A name that SELECT gave with AS stays as it is: in
 * ORDER BY it means that column.
 *
 * @throws QueryRefusal a root field that does not exist
 */
export function readFieldPath(text: string, path: Omit<Path, 'scope'>, aliases: ReadonlySet<string>): Path {
  const [root, ...steps] = withoutSource(path.steps);
  if (steps.length === 0 && typeof root === 'string' && aliases.has(root)) {
    return { ...path, scope: 'field', steps: [root] };
  }
  const field = typeof root === 'string' ? NAMES.get(root.toLowerCase()) : undefined;
  if (field === undefined) {
    const at = { offset: path.at.offset, length: String(root).length };
    throw new QueryRefusal(text, at, `there is no field ${quoted(String(root))}; ${hintFor(String(root))}`);
  }
  const [member, ...rest] = steps;
  const known = MEMBERS[field]?.find((name) => name.toLowerCase() === String(member).toLowerCase());
  return { ...path, scope: 'field', steps: known === undefined ? [field, ...steps] : [field, known, ...rest] };
}

/** `devices.tags.x` and `devices.jobs.status` are other spellings that back ends use. */
function withoutSource(steps: Path['steps']): Path['steps'] {
  const [first, second] = steps;
  if (steps.length < 2 || String(first).toLowerCase() !== 'devices') return steps;
  const isSource = ['jobs', 'modules'].includes(String(second).toLowerCase());
  return steps.slice(isSource && steps.length > 2 ? 2 : 1);
}

function hintFor(name: string): string {
  if (['desired', 'reported'].includes(name.toLowerCase())) return `write properties.${name.toLowerCase()}.…`;
  return `what you stored is under tags, properties.desired and properties.reported; beside them there are ${TWIN_FIELDS.filter((field) => field !== 'tags' && field !== 'properties').join(', ')}`;
}
