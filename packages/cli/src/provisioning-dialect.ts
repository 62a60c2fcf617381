import { ERRORS, type ErrorCode, HubError } from '@viaduct/contracts';
import { CliFailure } from './cli-failure.ts';
import { exitCodeOfStatus, type RestDialect } from './rest-client.ts';

/** The provisioning service's REST API. Source: docs/protocol/provisioning.md */
export const PROVISIONING: RestDialect = {
  apiVersion: '2025-07-01-preview',
  refusal: (status, _headers, body) => provisioningRefusal(status, body),
};

/** How a refusal looks: `{"errorCode":404201,"trackingId":"…","message":"why","timestampUtc":"…"}`. */
interface Problem {
  readonly errorCode?: unknown;
  readonly message?: unknown;
}

/** Pure. Numbers that several rows of our table share tell no row for sure: then the status decides what is advised. */
export function provisioningRefusal(status: number, body: unknown): HubError | CliFailure {
  const { errorCode, message }: Problem = typeof body === 'object' && body !== null ? body : {};
  // Anything but the service's own form is somebody else's, such as a proxy's page.
  const said = typeof message === 'string' ? message : typeof body === 'string' ? body : '';
  const text = said.trim() || `the server answered ${status}`;

  const rows = (Object.keys(ERRORS) as ErrorCode[]).filter(
    (code) => ERRORS[code].hub === errorCode && ERRORS[code].http === status,
  );
  const [only] = rows;
  if (only !== undefined && rows.length === 1) return new HubError(only, text);
  return new CliFailure(exitCodeOfStatus(status), text, ADVICE_BY_STATUS[status] ?? 'Correct what the message names.');
}

const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'Use what `viaduct connection-string --provisioning` prints on the server, and check the clocks of both machines.',
  403: 'Use the policy provisioningserviceowner; `viaduct connection-string --provisioning` prints its connection string.',
  404: 'Check the id; `viaduct enrollment list` tells those that are there.',
  412: 'Somebody else changed it meanwhile: look again, then try again.',
  429: 'Wait a moment, then try again more slowly.',
  503: 'Wait a moment, then try again.',
};
