import { type JsonObject, LIMITS } from '@viaduct/contracts';
import { type Hub, listConfigurations, listJobs } from '@viaduct/hub';
import type { EnrollmentRecord, Provisioning } from '@viaduct/provisioning';
import { capabilityPath } from './capability-paths.ts';
import type { CapabilityUse, Template } from './template-book.ts';

/**
 * What will set a property or call a command of a template's devices by its name: work that is not over, and enrolments, with what a device
 * that comes finds in its twin.
 */
export async function workUses(
  { hub, provisioning }: { readonly hub: Hub; readonly provisioning: Provisioning },
  { summary: { properties, commands } }: Template,
): Promise<readonly CapabilityUse[]> {
  const known = [...properties, ...commands].map(capabilityPath);
  const works = [...(await jobsAhead(hub)), ...(await configurations(hub)), ...(await enrollments(provisioning))];
  return works.flatMap((work) => {
    const paths = work.paths.filter((path) => known.some((name) => path === name || path.startsWith(`${name}.`)));
    return paths.length === 0 ? [] : [{ ...work, paths }];
  });
}

async function jobsAhead(hub: Hub): Promise<readonly CapabilityUse[]> {
  const statuses = ['scheduled', 'queued', 'running'] as const;
  const limit = LIMITS.JOB_PAGE_MAX;
  const pages = await Promise.all(statuses.map((status) => listJobs(hub, { status, limit })));
  return pages.flat().map(({ jobId, work }) => ({ kind: 'job', id: jobId, displayName: jobId, paths: pathsOf(work) }));
}

function pathsOf(work: Awaited<ReturnType<typeof listJobs>>[number]['work']): readonly string[] {
  switch (work.type) {
    case 'scheduleUpdateTwin':
      return pathsIn((work.update.desired ?? {}) as JsonObject);
    case 'scheduleDeviceMethod':
      // A command of a component is called as `component*command`.
      return [work.method.methodName.replace('*', '.')];
    default:
      return [];
  }
}

async function configurations(hub: Hub): Promise<readonly CapabilityUse[]> {
  const all = await listConfigurations(hub);
  return all.map(({ id, content }) => ({
    kind: 'configuration',
    id,
    displayName: id,
    paths: Object.entries((content.deviceContent ?? {}) as JsonObject).flatMap(([path, value]) =>
      path === 'properties.desired' ? pathsIn(value as JsonObject) : [path.replace(/^properties\.desired\./, '')],
    ),
  }));
}

async function enrollments({ enrollments: kept }: Provisioning): Promise<readonly CapabilityUse[]> {
  const found: EnrollmentRecord[] = [];
  for (const kind of ['group', 'individual'] as const) {
    for (let after: string | undefined; ; ) {
      const page = await kept.list({ kind, limit: PAGE, ...(after === undefined ? {} : { after }) });
      found.push(...page.filter(({ initialTwin }) => Object.keys(initialTwin.desired).length > 0));
      if (page.length < PAGE) break;
      after = page.at(-1)?.id;
    }
  }
  return found.map(({ kind, id, initialTwin }) => ({
    kind: 'enrollment',
    id: `${kind} ${id}`,
    displayName: id,
    paths: pathsIn(initialTwin.desired),
  }));
}

const PAGE = 1_000;

/** Properties of components lie one level deeper. */
function pathsIn(desired: JsonObject): readonly string[] {
  return Object.entries(desired).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? [name, ...Object.keys(value).map((inner) => `${name}.${inner}`)]
      : [name],
  );
}
