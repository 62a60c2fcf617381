import type { HubError } from '@viaduct/contracts';
import { isoTime } from '@viaduct/hub';

/** A refusal as the provisioning service words it, in the body of an HTTPS answer, of an MQTT response, and as text in an AMQP error. */
export interface ProvisioningProblem {
  readonly errorCode: number;
  readonly trackingId: string;
  readonly message: string;
  readonly info?: Readonly<Record<string, string>>;
  readonly timestampUtc: string;
}

/** The one number that devices know for every credential that was refused. */
const UNAUTHORIZED = 401002;

/** Pure. `trackingId`: in the log beside a fault. Source: Azure DPS, ProvisioningServiceErrorDetails. */
export function provisioningProblem(
  error: HubError,
  trackingId: string,
  time: number,
  info?: Readonly<Record<string, string>>,
): ProvisioningProblem {
  return {
    errorCode: provisioningErrorCode(error),
    trackingId,
    message: error.message,
    ...(info !== undefined && { info }),
    timestampUtc: isoTime(time),
  };
}

/** The number of a refusal, as devices and back ends of the provisioning service know it. */
export function provisioningErrorCode({ row }: Pick<HubError, 'row'>): number {
  return row.http === 401 ? UNAUTHORIZED : row.hub;
}
