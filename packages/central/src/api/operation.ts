import type { Caller } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { ApiVersion } from './api-version.ts';
import type { OperationId } from './operation-table.ts';

/** What a handler gets of a request; authenticated, permitted and, where the operation has a schema, valid. */
export interface ApiRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** JSON. A whole body has the schema of its operation; a merge patch is an object, and the result is the handler's to check. */
  readonly body: unknown;
  /** The etag that the change must still find, `*` for any; undefined where nobody asked for one. */
  readonly ifMatch: string | undefined;
  readonly version: ApiVersion;
  /** Absolute, as the client wrote it, for links. */
  readonly url: URL;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** Resolves with the body of the answer; its status is that of the operation. An `etag` in it is sent as the header too. */
export type OperationHandler = (caller: Caller, request: ApiRequest) => Promise<unknown>;

/**
 * Serves an operation of the table. Each file `api/*-operations.ts` exports a function of central and this:
 *
 *     export function roleOperations(central: Central, serve: ServeOperation): void {
 *       serve('Roles_List', 'role.read', async (caller, request) => pageOf(roles, request));
 *     }
 */
export type ServeOperation = (operationId: OperationId, permission: Permission, handler: OperationHandler) => void;

/** What serves an operation. */
export interface ServedOperation {
  readonly permission: Permission;
  readonly handler: OperationHandler;
}
