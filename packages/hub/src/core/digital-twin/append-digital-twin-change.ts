import type { AppendsToLog, KnowsItsNames, RegistryEntry, TellsTime, TwinRecord } from '../ports.ts';
import { appendHappening } from '../record/append-happening.ts';
import { digitalTwinDocument } from './digital-twin-document.ts';
import { jsonPatchBetween } from './json-patch-between.ts';

export interface DigitalTwinChange {
  readonly before: TwinRecord;
  readonly after: TwinRecord;
  /** The model until now; the one from now on is the device's. */
  readonly modelBefore: string | null;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * Tells readers of the log what became of a digital twin: who applies the patch to the document of before has the one of now.
 * Tags are no part of it, so a change of tags alone is not told.
 *
 * @throws HubError log.unavailable (retry)
 */
export async function appendDigitalTwinChange(
  hub: AppendsToLog & TellsTime & KnowsItsNames,
  device: RegistryEntry,
  { before, after, modelBefore, time }: DigitalTwinChange,
): Promise<void> {
  const body = jsonPatchBetween(digitalTwinDocument(before, modelBefore), digitalTwinDocument(after, device.modelId));
  if (body.length > 0) await appendHappening(hub, device, { kind: 'digitalTwinChange', body, time });
}
