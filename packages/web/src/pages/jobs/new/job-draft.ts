import type { NewJob } from '@viaduct/contracts';

/** What a person typed into the form of a new job. */
export interface JobDraft {
  readonly kind: 'twins' | 'method';
  readonly jobId: string;
  readonly condition: string;
  readonly tags: string;
  readonly desired: string;
  readonly methodName: string;
  readonly payload: string;
  /** How long to wait for a device that is not connected, seconds. */
  readonly connectSeconds: number;
  readonly responseSeconds: number;
  /** As `<input type="datetime-local">` has it; empty: now. */
  readonly startAt: string;
  readonly minutesMax: number;
}

export type JobDraftResult =
  | { readonly ok: true; readonly job: NewJob }
  | {
      readonly ok: false;
      readonly field: 'tags' | 'desired' | 'methodName' | 'payload' | 'condition';
      readonly message: string;
    };

/** The job that a draft asks for, or what is missing in it. Pure; the condition is the server's to judge. */
export function readJobDraft(draft: JobDraft): JobDraftResult {
  if (draft.condition.trim() === '') return refuse('condition', 'Say which devices; * is all of them');
  const common = {
    ...(draft.jobId.trim() === '' ? {} : { jobId: draft.jobId.trim() }),
    condition: draft.condition.trim(),
    ...(draft.startAt === '' ? {} : { startTime: Date.parse(draft.startAt) }),
    maxExecutionSeconds: draft.minutesMax * 60,
  };
  return draft.kind === 'twins' ? readTwins(draft, common) : readMethod(draft, common);
}

function readTwins(draft: JobDraft, common: NewJob): JobDraftResult {
  const tags = readObject(draft.tags);
  if (tags === undefined) return refuse('tags', 'This is not a JSON object');
  const desired = readObject(draft.desired);
  if (desired === undefined) return refuse('desired', 'This is not a JSON object');
  if (tags === null && desired === null) return refuse('tags', 'Enter tags or desired properties to change');
  const update = { ...(tags === null ? {} : { tags }), ...(desired === null ? {} : { desired }) };
  return { ok: true, job: { ...common, update } };
}

function readMethod(draft: JobDraft, common: NewJob): JobDraftResult {
  const methodName = draft.methodName.trim();
  if (methodName === '') return refuse('methodName', 'Enter the name of a method');
  const payload = readJson(draft.payload);
  if (payload === undefined) return refuse('payload', 'This is not JSON');
  const method = {
    methodName,
    // Devices parse what they are sent: nothing at all would be no JSON.
    payload: payload === null ? null : payload.value,
    responseTimeoutSeconds: draft.responseSeconds,
    connectTimeoutSeconds: draft.connectSeconds,
  };
  return { ok: true, job: { ...common, method } };
}

/** Null for nothing; undefined for what is no object, or an empty one's opposite: something else. */
function readObject(text: string): Readonly<Record<string, unknown>> | null | undefined {
  const read = readJson(text);
  if (read === null || read === undefined) return read;
  const { value } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.keys(value).length === 0 ? null : (value as Readonly<Record<string, unknown>>);
}

/** Null for nothing, undefined for what is not JSON. */
function readJson(text: string): { readonly value: unknown } | null | undefined {
  if (text.trim() === '') return null;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // The parser's only way to say so.
  }
}

function refuse(field: Extract<JobDraftResult, { ok: false }>['field'], message: string): JobDraftResult {
  return { ok: false, field, message };
}
