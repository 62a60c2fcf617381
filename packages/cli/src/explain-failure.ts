import { ERRORS, type ErrorCode, HubError } from '@viaduct/contracts';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';

/** A failure as it is told: exit code, what happened, what to do next. */
export interface Failure {
  readonly exitCode: number;
  /** Row of the error table, where the server named one. */
  readonly code: string | null;
  readonly message: string;
  readonly advice: string;
}

const START = 'Start the server with `viaduct serve`, or name another one with --data or --connection-string.';
const TRUST = 'Name the root certificate of this server with --ca FILE; `viaduct ca` on the server prints it.';
const KEYS =
  'Use the connection string that `viaduct connection-string` prints; the console lists the refusal with its reason.';

const NOT_FOUND: ReadonlySet<ErrorCode> = new Set([
  'device.notFound',
  'module.notFound',
  'certificate.notFound',
  'configuration.notFound',
  'consumerGroup.notFound',
  'job.notFound',
  'route.notFound',
  'routing.notFound',
  'enrollment.notFound',
  'enrollmentGroup.notFound',
  'registration.notFound',
  'linkedHub.notFound',
  'credentialPolicy.notFound',
]);
const UNREACHABLE: ReadonlySet<ErrorCode> = new Set([
  'device.notOnline',
  'method.timeout',
  'log.unavailable',
  'server.draining',
  'connection.tooMany',
  'linkedHub.unreachable',
]);

/** By `error.code` of Node's sockets and TLS. Source: Node documentation, "Common system errors" and "X509 certificate error codes". */
const BY_SYSTEM_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: START,
  ECONNRESET: START,
  ENOTFOUND: START,
  EAI_AGAIN: START,
  ETIMEDOUT: START,
  EHOSTUNREACH: START,
  ENETUNREACH: START,
  EPIPE: START,
  SELF_SIGNED_CERT_IN_CHAIN: TRUST,
  DEPTH_ZERO_SELF_SIGNED_CERT: TRUST,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TRUST,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TRUST,
  CERT_SIGNATURE_FAILURE: TRUST,
  CERT_HAS_EXPIRED: "Check both machines' clocks; a server renews its own certificate when it starts.",
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use a name that the certificate covers, or start the server with --host-names NAME.',
};

/** By `error.name` of the official SDKs, which keep the server's row to themselves. */
const BY_SDK_NAME: Readonly<Record<string, readonly [ExitCode, string]>> = {
  UnauthorizedError: [ExitCode.refused, KEYS],
  DeviceNotFoundError: [ExitCode.notFound, ERRORS['device.notFound'].advice],
  DeviceMaximumQueueDepthExceededError: [ExitCode.refused, ERRORS['command.queueFull'].advice],
  MessagingEntityNotFoundError: [ExitCode.notFound, 'Check EntityPath and consumer group of the connection string.'],
  NotConnectedError: [ExitCode.unreachable, START],
  TimeoutError: [ExitCode.unreachable, START],
  ServiceUnavailableError: [ExitCode.unreachable, START],
  ServiceCommunicationError: [ExitCode.unreachable, START],
  OperationTimeoutError: [ExitCode.unreachable, START],
};

/** Pure: any thrown thing in, what to tell out. */
export function explainFailure(thrown: unknown): Failure {
  if (thrown instanceof CliFailure) {
    return { exitCode: thrown.exitCode, code: null, message: thrown.message, advice: thrown.advice };
  }
  if (thrown instanceof HubError) {
    const { code, message } = thrown;
    return { exitCode: exitCodeOf(code), code, message, advice: thrown.row.advice };
  }
  return startFault(thrown) ?? systemFailure(thrown) ?? sdkFailure(thrown) ?? ourFault(thrown);
}

function exitCodeOf(code: ErrorCode): ExitCode {
  if (NOT_FOUND.has(code)) return ExitCode.notFound;
  return UNREACHABLE.has(code) ? ExitCode.unreachable : ExitCode.refused;
}

/** The server's own, recognised by name: importing its class would load the whole server for every command. */
function startFault(thrown: unknown): Failure | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'StartFault') return undefined;
  const exitCode = 'exitCode' in thrown && typeof thrown.exitCode === 'number' ? thrown.exitCode : ExitCode.refused;
  return { exitCode, code: null, message: thrown.message, advice: '`viaduct serve --help` lists every option.' };
}

function systemFailure(thrown: unknown): Failure | undefined {
  for (const error of causes(thrown)) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    const advice = BY_SYSTEM_CODE[code];
    if (advice !== undefined) return { exitCode: ExitCode.unreachable, code: null, message: errorText(error), advice };
  }
  return undefined;
}

function sdkFailure(thrown: unknown): Failure | undefined {
  for (const error of causes(thrown)) {
    // @azure/event-hubs has one class, MessagingError, with the condition in `code`.
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    const [exitCode, advice] = BY_SDK_NAME[error.name] ?? BY_SDK_NAME[code] ?? [];
    if (exitCode !== undefined && advice !== undefined) {
      return { exitCode, code: null, message: innermostText(thrown), advice };
    }
  }
  return undefined;
}

/** The SDKs wrap "Could not connect" around what the server said. */
function innermostText(thrown: unknown): string {
  const errors = causes(thrown);
  for (const error of errors) {
    const said = 'amqpError' in error ? error.amqpError : undefined;
    if (typeof said === 'object' && said !== null && 'description' in said && said.description)
      return String(said.description);
  }
  const last = errors.at(-1);
  return last === undefined ? String(thrown) : errorText(last);
}

function ourFault(thrown: unknown): Failure {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const advice = 'This is a bug of the command line: please report it with the text above.';
  return { exitCode: ExitCode.fault, code: 'server.fault', message, advice };
}

/** The error and what it wraps: `cause`, an AggregateError's `errors` (both addresses of a name refused), an SDK's inner error. */
function causes(thrown: unknown, depth = 0): readonly Error[] {
  if (!(thrown instanceof Error) || depth > 4) return [];
  const inner: unknown[] = [thrown.cause];
  if (thrown instanceof AggregateError) inner.push(...thrown.errors);
  if ('innerError' in thrown) inner.push(thrown.innerError);
  if ('amqpError' in thrown) inner.push(thrown.amqpError);
  return [thrown, ...inner.flatMap((one) => causes(one, depth + 1))];
}

function errorText(error: Error): string {
  return error.message.trim() || ('code' in error ? String(error.code) : error.name);
}
