import { asHubError, HubError } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.ts';
import { requirePermission } from '../access/permissions.ts';
import { writeAudit } from '../audit/audit-trail.ts';
import type { Central } from '../central.ts';
import { goneSignal } from '../console/console-request.ts';
import { findDiskTrouble } from '../store/disk-trouble.ts';
import type { ApiThrottle } from './api-throttle.ts';
import { requireApiVersion, requireOperationIn } from './api-version.ts';
import { authenticateCaller } from './authenticate-caller.ts';
import type { ApiRequest, ServedOperation } from './operation.ts';
import type { OperationId, OperationRow } from './operation-table.ts';
import type { PathTurns } from './path-turns.ts';
import { isKnown, requireConditions } from './preconditions.ts';
import { readBody } from './read-body.ts';
import { notServed } from './refused-operations.ts';
import { requireValidIds } from './validate.ts';

interface Operation {
  readonly central: Central;
  readonly throttle: ApiThrottle;
  readonly id: OperationId;
  readonly row: OperationRow;
  /** Undefined where nobody serves it. */
  readonly served: ServedOperation | undefined;
  /** What reads the same resource, where it can be read: conditions of a change are held to it. */
  readonly read: ServedOperation | undefined;
  readonly turns: PathTurns;
}

/** The route of one operation: lets the caller in, reads the request, answers as the table says. */
export function answerOperation(operation: Operation) {
  const { central, throttle, id, row, served, read, turns } = operation;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = await authenticateCaller(central, request, reply);
    const query = queryOf(request);
    const version = requireApiVersion(query['api-version']);
    requireOperationIn(id, row, version);
    if (served === undefined) throw notServed(id);
    const work = async () => {
      requirePermission(caller, served.permission);
      throttle.take(id);
      const params = request.params as Record<string, string>;
      if (request.method === 'PUT') requireValidIds(params);
      const asked: ApiRequest = {
        ...{ params, query, version, body: readBody(request, row), ifMatch: undefined },
        ...{ url: urlOf(request), signal: goneSignal(reply) },
      };
      if (read === undefined || request.method === 'GET') return served.handler(caller, asked);
      return turns.take(asked.url.pathname, async () => {
        const ifMatch = await requireConditions(request, () => read.handler(caller, asked));
        return served.handler(caller, { ...asked, ifMatch });
      });
    };
    const answer = isChange(row, id) ? await withAudit(operation, caller, request, work) : await work();
    return send(request, reply, row, answer);
  };
}

function send(request: FastifyRequest, reply: FastifyReply, row: OperationRow, answer: unknown): FastifyReply {
  const status = row.status ?? 200;
  if (status === 204) return reply.code(204).send();
  const { etag } = (answer ?? {}) as { etag?: unknown };
  if (typeof etag === 'string') {
    reply.header('etag', `"${etag}"`);
    if (isKnown(request, etag)) return reply.code(304).send();
  }
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

/** Asking is no deed, though a query comes by POST. */
function isChange({ call }: OperationRow, id: OperationId): boolean {
  return !call.startsWith('GET ') && id !== 'Query_Run';
}

/** Does a thing and writes who did it to what, from where; refused attempts too. What was done is done, whatever the disk says. */
async function withAudit<T>(
  { central, id }: Operation,
  caller: Caller,
  request: FastifyRequest,
  work: () => Promise<T>,
) {
  const note = async (code: HubError['code'] | null) => {
    const line = {
      userName: caller.kind === 'token' ? `token ${caller.name}` : caller.name,
      action: id,
      object: Object.values(request.params as Record<string, string>).join('/') || null,
      code,
      remoteAddress: request.ip,
    };
    await writeAudit(central.store, line).catch((thrown: unknown) => {
      if (findDiskTrouble(thrown) === undefined) throw thrown;
      request.log.warn({ ...line, err: thrown }, 'an audit line could not be written');
    });
  };
  const done = await work().catch(async (thrown: unknown) => {
    await note(asHubError(thrown).code);
    throw thrown;
  });
  await note(null);
  return done;
}

/** Links of an answer lead where the client found us. @throws HubError argument.invalid */
function urlOf({ host, url }: FastifyRequest): URL {
  const text = `https://${host}${url}`;
  if (URL.canParse(text)) return new URL(text);
  throw new HubError('argument.invalid', 'the Host header is no name of a host');
}

/** A parameter that is given twice counts as it was given last. */
function queryOf(request: FastifyRequest): Record<string, string | undefined> {
  const entries = Object.entries(request.query as Record<string, string | string[]>);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]));
}
