import {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  type AttemptPage,
  ENROLLMENT_KINDS,
  type EnrollmentKindName,
  LIMITS,
} from '@viaduct/contracts';
import type { AttemptRecord, Provisioning } from '@viaduct/provisioning';
import type { FastifyInstance } from 'fastify';
import { attemptView } from './attempt-view.ts';
import type { ConsoleParts } from './console-parts.ts';

interface AttemptQuery {
  readonly before?: number;
  readonly registrationId?: string;
  readonly kind?: EnrollmentKindName;
  readonly enrollmentId?: string;
  readonly outcome?: AttemptOutcome;
  readonly limit: number;
}

/** Read at a time while those of one outcome are looked for. */
const READ_AT_ONCE = 500;

/** Who asked to be provisioned, newest first. */
export function attemptRoutes(app: FastifyInstance, { provisioning }: ConsoleParts): void {
  app.get<{ Querystring: AttemptQuery }>(
    '/provisioning/attempts',
    { schema: { querystring: QUERY } },
    async ({ query }): Promise<AttemptPage> => {
      const { found, next } = await findAttempts(provisioning, query);
      const items = found.map((attempt) => attemptView(provisioning, attempt));
      const { unbooked: unlisted } = provisioning.attempts;
      return next === undefined ? { items, unlisted } : { items, unlisted, before: next };
    },
  );
}

/** The book knows no outcomes: those of others are left out here. What it keeps is bounded, and so is this. */
async function findAttempts(
  { attempts }: Pick<Provisioning, 'attempts'>,
  { before, registrationId, kind, enrollmentId, outcome, limit }: AttemptQuery,
): Promise<{ found: readonly AttemptRecord[]; next?: number }> {
  const found: AttemptRecord[] = [];
  const wanted = {
    ...(registrationId === undefined ? {} : { registrationId }),
    ...(kind === undefined || enrollmentId === undefined ? {} : { enrollment: { kind, id: enrollmentId } }),
    limit: outcome === undefined ? limit : READ_AT_ONCE,
  };
  let next = before;
  for (;;) {
    const read = await attempts.list({ ...wanted, ...(next === undefined ? {} : { before: next }) });
    for (const attempt of read) {
      next = attempt.id;
      if (outcome !== undefined && attempt.outcome !== outcome) continue;
      found.push(attempt);
      if (found.length === limit) return { found, next };
    }
    if (read.length < wanted.limit) return { found };
  }
}

const ID = { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX } as const;
const QUERY = {
  type: 'object',
  properties: {
    before: { type: 'integer', minimum: 0 },
    registrationId: ID,
    kind: { enum: ENROLLMENT_KINDS },
    enrollmentId: ID,
    outcome: { enum: ATTEMPT_OUTCOMES },
    limit: { type: 'integer', minimum: 1, maximum: READ_AT_ONCE, default: 50 },
  },
} as const;
