import {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  DIRECTORY_ORDERS,
  DIRECTORY_STATES,
  type DirectoryOrder,
  type DirectoryState,
  ENROLLMENT_KINDS,
  type EnrollmentKindName,
  JOB_DEVICE_STATUSES,
  JOB_STATUSES,
  type JobDeviceStatus,
  type JobStatus,
  LIMITS,
} from '@viaduct/contracts';
import { type TimeSearch, timeSearch } from '../time-range/time-choice.ts';

/**
 * What the address bar may say, page by page. Everything is optional and anything unknown is dropped, so a link that was
 * cut or edited by hand still opens.
 */
type Raw = Record<string, unknown>;

export function setUpSearch(raw: Raw): { token?: string | undefined } {
  return { token: text(raw.token) };
}

export function signInSearch(raw: Raw): { returnTo?: string | undefined } {
  return { returnTo: text(raw.returnTo) };
}

export interface DevicesSearch {
  readonly search?: string | undefined;
  readonly state?: DirectoryState | undefined;
  /** Id of a template. */
  readonly template?: string | undefined;
  readonly group?: string | undefined;
  /** What stands behind WHERE, or a whole query. */
  readonly filter?: string | undefined;
  readonly orderBy?: DirectoryOrder | undefined;
  readonly order?: 'desc' | undefined;
  /** Which dialog is open. */
  readonly add?: boolean | undefined;
  readonly simulate?: boolean | undefined;
  readonly import?: boolean | undefined;
}

export function devicesSearch(raw: Raw): DevicesSearch {
  return {
    search: text(raw.search),
    state: oneOf(DIRECTORY_STATES, raw.state),
    template: text(raw.template),
    group: text(raw.group),
    filter: text(raw.filter),
    orderBy: oneOf(DIRECTORY_ORDERS, raw.orderBy),
    order: oneOf(['desc'] as const, raw.order),
    add: flag(raw.add),
    simulate: flag(raw.simulate),
    import: flag(raw.import),
  };
}

/** `filter`: what a new group begins with. */
export function newGroupSearch(raw: Raw): { filter?: string | undefined } {
  return { filter: text(raw.filter) };
}

export function deviceSearch(raw: Raw): Pick<TimeSearch, 'time'> & { paused?: boolean | undefined } {
  return { time: timeSearch(raw).time, paused: flag(raw.paused) };
}

/** `since`: seconds of the past. `columns`: keys of values that have one of their own. */
export interface MessagesSearch {
  readonly filter?: string | undefined;
  readonly open?: string | undefined;
  readonly since?: number | undefined;
  readonly columns?: readonly string[] | undefined;
}

export function messagesSearch(raw: Raw): MessagesSearch {
  const columns = Array.isArray(raw.columns) ? raw.columns.map(String) : [];
  const since = whole(raw.since);
  return {
    filter: text(raw.filter),
    open: text(raw.open),
    since: since === undefined ? undefined : Math.min(since, LIMITS.HISTORY_SECONDS_MAX),
    columns: columns.length === 0 ? undefined : columns,
  };
}

export function commandsSearch(raw: Raw): { command?: string | undefined } {
  return { command: text(raw.command) };
}

interface HistorySearch {
  /** Of the twin, that is looked at, and that it is compared with. */
  version?: number | undefined;
  against?: number | undefined;
  /** The one that is looked at by itself, and its component. */
  property?: string | undefined;
  component?: string | undefined;
}

export function historySearch(raw: Raw): HistorySearch {
  return {
    ...{ version: whole(raw.version), against: whole(raw.against) },
    ...{ property: text(raw.property), component: text(raw.component) },
  };
}

const CONNECTION_DAYS = ['1', '7', '30'] as const;

/** How many days back the connections of a device are shown. */
export function connectionsSearch(raw: Raw): { days?: number | undefined } {
  const days = oneOf(CONNECTION_DAYS, String(raw.days ?? ''));
  return { days: days === undefined ? undefined : Number(days) };
}

export function filesSearch(raw: Raw): { file?: string | undefined } {
  return { file: text(raw.file) };
}

export function modelsSearch(raw: Raw): { import?: boolean | undefined } {
  return { import: flag(raw.import) };
}

export const MODEL_TABS = ['capabilities', 'edit', 'json', 'uses'] as const;

export function modelSearch(raw: Raw): { tab?: (typeof MODEL_TABS)[number] | undefined } {
  return { tab: oneOf(MODEL_TABS, raw.tab) };
}

/** `device`: whose messages a model is made of. */
export function newModelSearch(raw: Raw): { device?: string | undefined } {
  return { device: text(raw.device) };
}

export function querySearch(raw: Raw): { q?: string | undefined } {
  return { q: text(raw.q) };
}

export function jobsSearch(raw: Raw): { status?: JobStatus | undefined; transfer?: boolean | undefined } {
  return { status: oneOf(JOB_STATUSES, raw.status), transfer: flag(raw.transfer) };
}

export function jobSearch(raw: Raw): { outcome?: JobDeviceStatus | undefined } {
  return { outcome: oneOf(JOB_DEVICE_STATUSES, raw.outcome) };
}

export function newJobSearch(raw: Raw): { condition?: string | undefined; kind?: 'twins' | 'method' | undefined } {
  return { condition: text(raw.condition), kind: oneOf(['twins', 'method'] as const, raw.kind) };
}

export function newConfigurationSearch(raw: Raw): { from?: string | undefined } {
  return { from: text(raw.from) };
}

/** Of a page with a form that may be open. */
export function editSearch(raw: Raw): { edit?: boolean | undefined } {
  return { edit: flag(raw.edit) };
}

export function groupSearch(raw: Raw): ReturnType<typeof editSearch> & Pick<TimeSearch, 'time'> {
  return { ...editSearch(raw), time: timeSearch(raw).time };
}

export function newEndpointSearch(raw: Raw): { kind?: string | undefined } {
  return { kind: text(raw.kind) };
}

/** `via`: how the device comes, by its connection string where nothing is said. */
export function connectSearch(raw: Raw): { client?: string | undefined; via?: 'provisioning' | undefined } {
  return { client: text(raw.client), via: oneOf(['provisioning'] as const, raw.via) };
}

export function enrollmentsSearch(raw: Raw): {
  kind?: EnrollmentKindName | undefined;
  search?: string | undefined;
} {
  return { kind: oneOf(ENROLLMENT_KINDS, raw.kind), search: text(raw.search) };
}

export function newEnrollmentSearch(raw: Raw): { kind?: EnrollmentKindName | undefined; id?: string | undefined } {
  return { kind: oneOf(ENROLLMENT_KINDS, raw.kind), id: text(raw.id) };
}

/** `device`: the registration id that a program is shown for. */
export function enrollmentSearch(raw: Raw): {
  edit?: boolean | undefined;
  device?: string | undefined;
  client?: string | undefined;
} {
  return { edit: flag(raw.edit), device: text(raw.device), client: text(raw.client) };
}

/** Of an enrolment by both its parts. */
export function attemptsSearch(raw: Raw): {
  outcome?: AttemptOutcome | undefined;
  registrationId?: string | undefined;
  kind?: EnrollmentKindName | undefined;
  enrollmentId?: string | undefined;
} {
  const enrollmentId = text(raw.enrollmentId);
  return {
    outcome: oneOf(ATTEMPT_OUTCOMES, raw.outcome),
    registrationId: text(raw.registrationId),
    kind: enrollmentId === undefined ? undefined : (oneOf(ENROLLMENT_KINDS, raw.kind) ?? 'group'),
    enrollmentId,
  };
}

export function linkedHubsSearch(raw: Raw): { add?: boolean | undefined } {
  return { add: flag(raw.add) };
}

export function dashboardsSearch(raw: Raw): { add?: boolean | undefined } {
  return { add: flag(raw.add) };
}

export interface DashboardSearch extends TimeSearch {
  /** Values of the dashboard's variables, by name. */
  readonly vars?: Readonly<Record<string, string>> | undefined;
  readonly edit?: boolean | undefined;
  /** The tile whose settings are open. */
  readonly tile?: string | undefined;
}

export function dashboardSearch(raw: Raw): DashboardSearch {
  const vars = Object.entries(typeof raw.vars === 'object' && raw.vars !== null ? raw.vars : {});
  // An empty one is a choice, too: all devices instead of the group that a variable has at first.
  const texts = vars.filter(([, value]) => typeof value === 'string') as [string, string][];
  return {
    ...timeSearch(raw),
    vars: texts.length === 0 ? undefined : Object.fromEntries(texts),
    edit: flag(raw.edit),
    tile: text(raw.tile),
  };
}

export interface MapSearch {
  readonly group?: string | undefined;
  readonly template?: string | undefined;
  /** The device whose place is shown. */
  readonly device?: string | undefined;
  readonly trail?: boolean | undefined;
}

export function mapSearch(raw: Raw): MapSearch {
  return { group: text(raw.group), template: text(raw.template), device: text(raw.device), trail: flag(raw.trail) };
}

/**
 * Where to go after signing in: only a path of this console. Anything else, such as `//elsewhere`, would let a link
 * send people away with the console's good name.
 */
export function safeReturnPath(returnTo: string | undefined): string {
  if (returnTo === undefined || !/^\/(?![/\\])/.test(returnTo)) return '/';
  const path = returnTo.replace(/^\/console(?=\/|$)/, '');
  return path === '' || path.startsWith('//') ? '/' : path;
}

/** The router reads `1` as a number; ids and filters are texts all the same. */
function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function whole(value: unknown): number | undefined {
  const number = Number(value);
  return value !== '' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function flag(value: unknown): true | undefined {
  return value === true || value === 'true' ? true : undefined;
}

function oneOf<T>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((candidate) => candidate === value);
}
