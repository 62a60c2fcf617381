import { CliFailure } from './cli-failure.ts';
import { exitCodeOfStatus, type RestDialect } from './rest-client.ts';

/** The REST API of Azure IoT Central. Source: docs/protocol/central-rest.md */
export function centralDialect(authorization: string): RestDialect {
  return {
    apiVersion: '2022-10-31-preview',
    refusal: (status, _headers, body) => centralRefusal(status, body),
    authorization,
  };
}

/** How a refusal looks: `{"error":{"code":"NotFound","message":"why","requestId":"…","time":"…"}}`. Pure. */
function centralRefusal(status: number, body: unknown): CliFailure {
  const { error }: { error?: { message?: unknown } } = typeof body === 'object' && body !== null ? body : {};
  const said = typeof error?.message === 'string' ? error.message : typeof body === 'string' ? body : '';
  const text = said.trim() || `the server answered ${status}`;
  return new CliFailure(exitCodeOfStatus(status), text, ADVICE_BY_STATUS[status] ?? 'Correct what the message names.');
}

const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'Use the token that `viaduct api-token create` printed, or run this on the server with --data.',
  403: 'Use a token of a role that may do this; the message names the permission.',
  404: 'Check the id and the path; docs/protocol/central-rest.md lists the operations.',
  412: 'Somebody else changed it meanwhile: look again, then try again.',
  429: 'Wait a moment, then try again more slowly.',
  501: 'Use what the message names instead.',
  503: 'Wait a moment, then try again.',
};
