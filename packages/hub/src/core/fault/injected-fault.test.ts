import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_OPERATIONS, faultRefusal, isInvokedError, readInjectedFault } from './injected-fault.ts';

const TYPE = 'AzIoTHub_FaultOperationType';
const DELAY = 'AzIoTHub_FaultOperationDelayInSecs';
const DURATION = 'AzIoTHub_FaultOperationDurationInSecs';

describe('readInjectedFault', () => {
  it('finds no order in ordinary telemetry', () => {
    expect(readInjectedFault({ level: 'high', [DELAY]: '1' })).toBeUndefined();
  });

  it('reads an order as the SDKs write it, numbers and texts', () => {
    const reason = { AzIoTHub_FaultOperationCloseReason: 'boom' };
    const fault = { operation: 'KillTcp', reason: 'boom', delaySeconds: 1, durationSeconds: 20 };
    expect(readInjectedFault({ [TYPE]: 'KillTcp', ...reason, [DELAY]: '1', [DURATION]: '20' })).toEqual(fault);
    expect(readInjectedFault({ [TYPE]: 'KillTcp', ...reason, [DELAY]: 1, [DURATION]: 20 })).toEqual(fault);
  });

  it('knows each operation in any case, and its neighbours by what they do', () => {
    expect(readInjectedFault({ [TYPE]: 'KillAmqpc2dLink' })?.operation).toBe('KillAmqpC2DLink');
    const invoked = FAULT_OPERATIONS.filter((operation) => isInvokedError({ ...fault(operation) }));
    expect(invoked).toEqual(['InvokeThrottling', 'InvokeMaxMessageQuota', 'InvokeAuthError']);
    expect(invoked.map((operation) => faultRefusal(fault(operation)).row.http)).toEqual([429, 403, 401]);
  });

  it('refuses an order that nobody can carry out', () => {
    for (const properties of [{ [TYPE]: 'Explode' }, order(DELAY, '301'), order(DELAY, '-1'), order(DURATION, 'long')])
      expect(() => readInjectedFault(properties)).toThrow(expect.objectContaining({ code: 'argument.invalid' }));
  });

  it('gives a fault within its bounds, nothing, or a refusal, for any properties', () => {
    const names = fc.constantFrom(TYPE, DELAY, DURATION, '__proto__', 'a');
    const values = fc.oneof(fc.string(), fc.constantFrom('KillTcp', '5', null, 1e9, {}));
    fc.assert(
      fc.property(fc.dictionary(names, values), (properties) => {
        try {
          const read = readInjectedFault(properties);
          if (read !== undefined) expect(read.delaySeconds + read.durationSeconds).toBeLessThanOrEqual(600);
        } catch (error) {
          expect(error).toMatchObject({ code: 'argument.invalid' });
        }
      }),
    );
  });
});

function order(name: string, value: string): Record<string, string> {
  return { [TYPE]: 'KillTcp', [name]: value };
}

function fault(operation: (typeof FAULT_OPERATIONS)[number]) {
  return { operation, reason: '', delaySeconds: 0, durationSeconds: 0 };
}
