import { asHubError, type DeviceIdentity, type HubError, topicTo } from '@viaduct/contracts';
import type { Hub } from '../../core/hub.ts';
import { holdOperation } from '../../core/throttle/hold-operation.ts';
import { getTwin } from '../../core/twin/get-twin.ts';
import { patchReported } from '../../core/twin/patch-reported.ts';
import { deviceTwinDocument } from '../../core/twin/twin-document.ts';
import { parseTwinPatch, twinRefusalBody } from '../twin-refusal.ts';
import type { OutgoingMessage } from './packet.ts';

const NOTHING = Buffer.alloc(0);

/** Answers `$iothub/twin/GET/?$rid=`: 200 and both sections, or the refusal's status. */
export async function answerTwinGet(hub: Hub, identity: DeviceIdentity, requestId: string): Promise<OutgoingMessage> {
  try {
    await holdOperation(hub, identity, 'twinRead');
    const document = deviceTwinDocument(await getTwin(hub, identity));
    return { topic: topicTo.twinResponse(200, requestId), payload: Buffer.from(JSON.stringify(document)) };
  } catch (error) {
    return refusedAnswer(hub, asHubError(error), requestId);
  }
}

/** Answers a reported patch: 204 and the new version. Without a request id the patch is made and nobody is answered. */
export async function answerReportedPatch(
  hub: Hub,
  identity: DeviceIdentity,
  patch: { readonly requestId: string | null; readonly version: number | null; readonly body: Buffer },
): Promise<OutgoingMessage | undefined> {
  const { requestId } = patch;
  try {
    await holdOperation(hub, identity, 'twinUpdate');
    const twin = await patchReported(hub, identity, parseTwinPatch(patch.body), patch.version);
    if (requestId === null) return undefined;
    return { topic: topicTo.twinResponse(204, requestId, twin.reported.version), payload: NOTHING };
  } catch (error) {
    const refusal = asHubError(error);
    if (refusal.code === 'server.fault') throw error;
    return requestId === null ? undefined : refusedAnswer(hub, refusal, requestId);
  }
}

function refusedAnswer(hub: Hub, refusal: HubError, requestId: string): OutgoingMessage {
  return { topic: topicTo.twinResponse(refusal.row.http, requestId), payload: twinRefusalBody(hub, refusal) };
}
