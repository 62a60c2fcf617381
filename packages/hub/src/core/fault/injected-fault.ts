import { HubError, LIMITS } from '@viaduct/contracts';

/** What a device may order, spelled as the SDKs' own tests do. One C client writes `KillAmqpc2dLink`: case does not count. */
export const FAULT_OPERATIONS = [
  'KillTcp',
  'KillAmqpConnection',
  'KillAmqpSession',
  'KillAmqpCBSLinkReq',
  'KillAmqpCBSLinkResp',
  'KillAmqpD2CLink',
  'KillAmqpC2DLink',
  'KillAmqpTwinLinkReq',
  'KillAmqpTwinLinkResp',
  'KillAmqpMethodReqLink',
  'KillAmqpMethodRespLink',
  'ShutDownAmqp',
  'ShutDownMqtt',
  'InvokeThrottling',
  'InvokeMaxMessageQuota',
  'InvokeAuthError',
] as const;
export type FaultOperation = (typeof FAULT_OPERATIONS)[number];

export interface InjectedFault {
  readonly operation: FaultOperation;
  /** The device's own words; they are shown to the operator. */
  readonly reason: string;
  readonly delaySeconds: number;
  /** How long the fault holds once it has begun; 0 for one that happens and is over. */
  readonly durationSeconds: number;
}

/** Every property of an order begins like this: what a gateway looks for before it decodes anything. */
export const FAULT_PROPERTY_PREFIX = 'AzIoTHub_Fault';

const OPERATION = 'AzIoTHub_FaultOperationType';
const REASON = 'AzIoTHub_FaultOperationCloseReason';
const DELAY = 'AzIoTHub_FaultOperationDelayInSecs';
const DURATION = 'AzIoTHub_FaultOperationDurationInSecs';
const REASON_CHARACTERS_MAX = 120;

/**
 * The fault that a message orders; undefined for ordinary telemetry. Pure.
 *
 * @throws HubError argument.invalid for an order that nobody can carry out
 */
export function readInjectedFault(applicationProperties: Readonly<Record<string, unknown>>): InjectedFault | undefined {
  const named = textAt(applicationProperties, OPERATION);
  if (named === undefined) return undefined;
  const operation = FAULT_OPERATIONS.find((known) => known.toLowerCase() === named.toLowerCase());
  if (operation === undefined) {
    throw new HubError('argument.invalid', `"${named.slice(0, 60)}" is no ${OPERATION}`);
  }
  return {
    operation,
    reason: (textAt(applicationProperties, REASON) ?? '').slice(0, REASON_CHARACTERS_MAX),
    delaySeconds: secondsAt(applicationProperties, DELAY),
    durationSeconds: secondsAt(applicationProperties, DURATION),
  };
}

/** How a fault is spoken: what the client hears, and whether it ends the connection. */
export function faultRefusal({ operation, reason }: InjectedFault): HubError {
  const why = `the device ordered ${operation}${reason === '' ? '' : ` ("${reason}")`}`;
  switch (operation) {
    case 'InvokeThrottling':
      return new HubError('throttle.exceeded', why);
    case 'InvokeMaxMessageQuota':
      return new HubError('quota.dailyExceeded', why);
    case 'InvokeAuthError':
      return new HubError('credential.insufficientRights', why);
    default:
      return new HubError('fault.injected', why);
  }
}

/** Whether requests fail, rather than a connection or a link. */
export function isInvokedError({ operation }: InjectedFault): boolean {
  return operation.startsWith('Invoke');
}

function textAt(properties: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return value === undefined || value === null ? undefined : String(value);
}

function secondsAt(properties: Readonly<Record<string, unknown>>, name: string): number {
  const text = textAt(properties, name) ?? '0';
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds > LIMITS.FAULT_SECONDS_MAX) {
    throw new HubError('argument.invalid', `${name} is a whole number from 0 to ${LIMITS.FAULT_SECONDS_MAX}`);
  }
  return seconds;
}
