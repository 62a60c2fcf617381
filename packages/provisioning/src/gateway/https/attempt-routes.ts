import { ERRORS, HubError, LIMITS, type ProvisioningAttempt } from '@viaduct/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AttemptRecord, AttemptStore } from '../../core/ports.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { authorizeByPolicy } from './authorize-by-policy.ts';

/**
 * Who asked to be provisioned, newest first, and why not; ours, no SDK calls it.
 *
 *     GET /provisioningAttempts?registrationId=&enrollment=&before=&top=   RegistrationStatusRead   {"value": [ProvisioningAttempt, …]}
 *
 * `enrollment` is `group/ID` or `individual/ID`, `before` an id of an attempt, `top` 1 to ENROLLMENTS_PAGE_MAX.
 */
export function attemptRoutes(app: FastifyInstance, provisioning: Provisioning): void {
  app.get('/provisioningattempts', async (request): Promise<{ value: ProvisioningAttempt[] }> => {
    await authorizeByPolicy(provisioning, request, 'RegistrationStatusRead');
    return { value: (await provisioning.attempts.list(queryIn(request))).map(attemptDocument) };
  });
}

/** Pure. */
function attemptDocument({ enrollmentKind, enrollmentId, ...attempt }: AttemptRecord): ProvisioningAttempt {
  const { code } = attempt;
  const hasEnrollment = enrollmentKind !== null && enrollmentId !== null;
  return {
    ...attempt,
    enrollment: hasEnrollment ? { kind: enrollmentKind, id: enrollmentId } : null,
    advice: code === null ? null : ERRORS[code].advice,
  };
}

const TOP_DEFAULT = 100;

function queryIn(request: FastifyRequest): Parameters<AttemptStore['list']>[0] {
  const { registrationId, enrollment, before, top } = request.query as Record<string, string | undefined>;
  return {
    limit: wholeNumber('top', top, LIMITS.ENROLLMENTS_PAGE_MAX) ?? TOP_DEFAULT,
    ...(before ? { before: wholeNumber('before', before, Number.MAX_SAFE_INTEGER) ?? 0 } : {}),
    ...(registrationId ? { registrationId } : {}),
    ...(enrollment ? { enrollment: enrollmentIn(enrollment) } : {}),
  };
}

function wholeNumber(name: string, given: string | undefined, max: number): number | undefined {
  if (given === undefined || given === '') return undefined;
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new HubError('argument.invalid', `${name} is a whole number from 1 to ${max}`);
}

function enrollmentIn(text: string): { kind: 'individual' | 'group'; id: string } {
  const [, kind, id] = /^(individual|group)\/(.+)$/.exec(text) ?? [];
  if (id !== undefined && (kind === 'individual' || kind === 'group')) return { kind, id };
  throw new HubError('argument.invalid', 'enrollment is group/ID or individual/ID');
}
