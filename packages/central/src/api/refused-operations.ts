import { HubError } from '@viaduct/contracts';
import type { OperationId } from './operation-table.ts';

/** What is not served, by the beginning of its id, and what to use instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  Jobs: "the hub's jobs: POST /jobs/v2 of the hub's REST interface, viaduct job run, or Jobs in the console",
  ScheduledJobs: "the hub's jobs, which may begin later: viaduct job run --start, or Jobs in the console",
  Exports:
    "the hub's routes, which deliver to webhooks, brokers and files: Messages in the console, or docs/operating/routing.md",
  Destinations: "the hub's endpoints: Messages in the console, or docs/operating/routing.md",
  DeploymentManifests: "the hub's configurations: Configurations in the console, or viaduct configuration",
  Users_Create:
    "the console's one-time link for its administrator (viaduct admin-link), and API tokens with roles for programs",
  Users_Update: 'API tokens with roles for programs: whoever uses the console is an administrator',
  Users_Remove: "a new password for the console's administrator (viaduct admin-link), which ends all sessions",
};

/** Whether it is served at all. Pure. */
export function isOffered(id: OperationId): boolean {
  return insteadOf(id) === undefined;
}

/** Pure. */
export function notServed(id: OperationId): HubError {
  const instead = insteadOf(id) ?? 'the console';
  return new HubError('central.notOffered', `${id} is not served here; use ${instead}`);
}

/** What to use instead; undefined for what is served. Pure. */
export function insteadOf(id: OperationId): string | undefined {
  return INSTEAD[id] ?? INSTEAD[id.split('_', 1)[0] ?? ''];
}
