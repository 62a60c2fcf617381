import { LIMITS, type LiveBody, type QueuedCommand } from '@viaduct/contracts';
import type { CommandRecord } from '@viaduct/hub';
import { decodeBody } from '../telemetry/decode-body.ts';
import { iso } from './device-view.ts';

/** A command of the queue, as people read it at `now`: a lock that ran out holds nothing any more. */
export function queuedCommand(command: CommandRecord, now: number): QueuedCommand {
  const isLocked = command.lockToken !== null && command.lockedUntil > now;
  const { messageId = '', contentType = null, inputName = null } = command.system;
  return {
    messageId,
    sequenceNumber: command.sequenceNumber,
    enqueuedAt: iso(command.enqueuedTime),
    expiresAt: iso(command.expiryTime),
    deliveryCount: command.deliveryCount,
    state: isLocked ? 'delivered' : 'waiting',
    lockedUntil: isLocked ? iso(command.lockedUntil) : null,
    ack: command.ack,
    contentType,
    inputName,
    properties: command.application,
    bodyBytes: command.body.byteLength,
    ...previewOf(command),
  };
}

function previewOf({ body, system }: CommandRecord): Pick<QueuedCommand, 'preview' | 'isPreviewCut'> {
  const isPreviewCut = body.byteLength > LIMITS.COMMAND_PREVIEW_BYTES_MAX;
  const shown = Buffer.from(body).subarray(0, LIMITS.COMMAND_PREVIEW_BYTES_MAX);
  return { preview: isPreviewCut ? beginningOf(shown) : decodeBody(shown, system.contentEncoding), isPreviewCut };
}

/** A cut may go through a character: the text ends before it. */
function beginningOf(bytes: Buffer): LiveBody {
  for (let cut = 0; cut < UTF8_BYTES_MAX; cut++) {
    const decoded = decodeBody(bytes.subarray(0, bytes.byteLength - cut), undefined);
    if (decoded.kind !== 'binary') return decoded;
  }
  return decodeBody(bytes, undefined);
}

const UTF8_BYTES_MAX = 4;
