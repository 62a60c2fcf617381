import { asHubError, type DeviceIdentity, type HubError, type JobMethodCall, LIMITS } from '@viaduct/contracts';
import { invokeMethod, untilListening } from '../method/invoke-method.ts';
import type { DeviceWork, JobOutcome } from '../ports.ts';
import type { OnFault } from '../repeating-task.ts';
import type { ChangesTwins } from '../twin/change-twin.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import type { JobStop } from './job-stop.ts';

/**
 * Does a job's work on one device. Resolves with its outcome; undefined when the server stops first: then the device has its
 * turn again after the next start.
 *
 * @throws HubError store.unavailable, log.unavailable: no device's fault, so no device's outcome
 */
export async function performOnDevice(
  hub: ChangesTwins,
  work: DeviceWork,
  identity: DeviceIdentity,
  stop: JobStop,
  onFault: OnFault,
): Promise<JobOutcome | undefined> {
  try {
    switch (work.type) {
      case 'scheduleUpdateTwin':
        await patchTwin(hub, identity, work.update, work.update.etag);
        return { status: 'completed' };
      case 'scheduleDeviceMethod':
        return await callMethod(hub, work.method, identity, stop);
      default:
        return work satisfies never;
    }
  } catch (thrown) {
    if (stop.work.aborted) return stop.isDraining ? undefined : failed(stop.reason);
    const error = asHubError(thrown);
    if (error.code === 'store.unavailable' || error.code === 'log.unavailable') throw error;
    if (error.code === 'server.fault') onFault(thrown);
    return failed(error);
  }
}

async function callMethod(
  hub: ChangesTwins,
  method: JobMethodCall,
  identity: DeviceIdentity,
  stop: JobStop,
): Promise<JobOutcome | undefined> {
  try {
    // Apart from the call, for a device that has not connected has not begun: a cancelled job does not call it any more.
    await untilListening(hub, identity, method.connectTimeoutSeconds ?? 0, stop.begin);
  } catch (error) {
    if (!stop.begin.aborted) throw error;
    return stop.isDraining ? undefined : { status: 'cancelled', error: errorOf(stop.reason) };
  }
  const { status, payload } = await invokeMethod(hub, identity, { ...method, connectTimeoutSeconds: 0 }, stop.work);
  return { status: 'completed', response: { status, payload: isKept(payload) ? payload : null } };
}

function isKept(payload: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(payload) ?? '', 'utf8') <= LIMITS.JOB_ANSWER_BYTES_MAX;
}

function failed(error: HubError): JobOutcome {
  return { status: 'failed', error: errorOf(error) };
}

function errorOf({ code, message }: HubError): NonNullable<JobOutcome['error']> {
  return { code, message: message.slice(0, LIMITS.REASON_CHARACTERS_MAX) };
}
