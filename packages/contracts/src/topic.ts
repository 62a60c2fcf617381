import { HubError } from './errors.ts';
import { type DeviceIdentity, identityKey } from './identity.ts';

/**
 * The topics of a device. Pure: text in, a meaning out, or `topic.malformed`.
 *
 *     devices/{d}[/modules/{m}]/messages/events/[bag]           telemetry
 *     $iothub/twin/GET/?$rid={r}                                twin
 *     $iothub/twin/PATCH/properties/reported/?$rid={r}[&$version={n}]
 *     $iothub/methods/res/{status}/?$rid={r}                    method answer
 *     $iothub/credentials/POST/issueCertificate/?$rid={r}       a new certificate, please
 *
 * Ids in topics are the connection's own: a session asks for the topics of *its* identity, so that a device that publishes
 * for another one is `topic.forbidden`, not a parser's question.
 * Source: docs/protocol/mqtt-topics.md
 */
export type PublishTopic =
  | { readonly kind: 'telemetry'; readonly bag: string }
  | { readonly kind: 'twinGet'; readonly requestId: string }
  | { readonly kind: 'reportedPatch'; readonly requestId: string | null; readonly version: number | null }
  | { readonly kind: 'methodResponse'; readonly status: number; readonly requestId: string }
  | { readonly kind: 'certificateRequest'; readonly requestId: string };

const TWIN_GET = /^\$iothub\/twin\/GET\/\?\$rid=([^&/]+)$/;
const REPORTED_PATCH = /^\$iothub\/twin\/PATCH\/properties\/reported\/(?:\?(.*))?$/;
/** Documents write the word in the singular, clients in the plural. */
const CERTIFICATE_REQUEST = /^\$iothub\/credentials?\/POST\/issueCertificate\/\?\$rid=([^&/]+)$/;
const CERTIFICATE_RESPONSES = /^\$iothub\/(credentials?)\/(?:res\/)?#$/;
const METHOD_RESPONSE = /^\$iothub\/methods\/res\/(-?\d{1,9})\/\?\$rid=([^&/]+)$/;

/** @throws HubError topic.malformed, topic.forbidden */
export function parsePublishTopic(identity: DeviceIdentity, topic: string): PublishTopic {
  if (topic.startsWith('devices/')) return { kind: 'telemetry', bag: telemetryBag(identity, topic) };

  const [, twinGetId] = TWIN_GET.exec(topic) ?? [];
  if (twinGetId !== undefined) return { kind: 'twinGet', requestId: twinGetId };

  const patch = REPORTED_PATCH.exec(topic);
  if (patch !== null) return reportedPatch(patch[1] ?? '', topic);

  const [, status, methodRequestId] = METHOD_RESPONSE.exec(topic) ?? [];
  if (status !== undefined && methodRequestId !== undefined) {
    return { kind: 'methodResponse', status: Number(status), requestId: percentDecoded(methodRequestId) };
  }

  const [, certificateRequestId] = CERTIFICATE_REQUEST.exec(topic) ?? [];
  if (certificateRequestId !== undefined) return { kind: 'certificateRequest', requestId: certificateRequestId };
  throw malformed(topic);
}

/** What a telemetry topic of this identity begins with, without the slash before the bag. */
export function telemetryTopic(identity: DeviceIdentity): string {
  return `${devicePath(identity)}/messages/events`;
}

function telemetryBag(identity: DeviceIdentity, topic: string): string {
  const own = telemetryTopic(identity);
  if (topic === own) return '';
  if (topic.startsWith(`${own}/`)) return topic.slice(own.length + 1);
  if (/^devices\/[^/]+(\/modules\/[^/]+)?\/messages\/events(\/|$)/.test(topic)) {
    throw new HubError('topic.forbidden', `"${identityKey(identity)}" may not publish to "${shortened(topic)}"`);
  }
  throw malformed(topic);
}

function reportedPatch(query: string, topic: string): PublishTopic {
  let requestId: string | null = null;
  let version: number | null = null;
  for (const pair of query.split('&')) {
    if (pair.startsWith('$rid=')) requestId = pair.slice('$rid='.length);
    else if (/^\$version=\d{1,15}$/.test(pair)) version = Number(pair.slice('$version='.length));
    else if (pair !== '') throw malformed(topic);
  }
  return { kind: 'reportedPatch', requestId, version };
}

/**
 * The filters a device may hold. `commands`: devicebound/#; `moduleInputs`: a module's inputs; `moduleMessages`: both, as the C
 * and C# clients ask for them; the rest as named.
 */
export type SubscriptionKind =
  | 'commands'
  | 'moduleInputs'
  | 'moduleMessages'
  | 'methods'
  | 'twinResponses'
  | 'desiredPatches'
  | 'certificates';

/** What a filter asks for, or undefined when this identity may not hold it (SUBACK 0x80). */
export function findSubscription(identity: DeviceIdentity, filter: string): SubscriptionKind | undefined {
  if (/^\$iothub\/methods\/POST\/(?:[^/#+]+\/)?#$/.test(filter)) return 'methods';
  if (filter === '$iothub/twin/res/#') return 'twinResponses';
  if (filter === '$iothub/twin/PATCH/properties/desired/#') return 'desiredPatches';
  const own = devicePath(identity);
  if (filter === `${own}/messages/devicebound/#`) return 'commands';
  if (identity.moduleId === undefined) return CERTIFICATE_RESPONSES.test(filter) ? 'certificates' : undefined;
  if (filter === `${own}/inputs/#`) return 'moduleInputs';
  if (filter === `${own}/#`) return 'moduleMessages';
  return undefined;
}

/** How a client that holds this filter writes the word, so that what it is sent fits the filter. */
export function certificateWordOf(filter: string): 'credential' | 'credentials' {
  return CERTIFICATE_RESPONSES.exec(filter)?.[1] === 'credential' ? 'credential' : 'credentials';
}

export const topicTo = {
  /** `bag` is never empty: clients index into the segment. */
  command: (identity: DeviceIdentity, bag: string) => `${devicePath(identity)}/messages/devicebound/${bag}`,
  /** A module's input; its name has no character that a topic would have to escape (`isInputName`). */
  input: (identity: DeviceIdentity, inputName: string, bag: string) =>
    `${devicePath(identity)}/inputs/${inputName}/${bag}`,
  /** Nothing may follow the request id: clients take the rest of the topic for it. */
  method: (name: string, requestId: string) => `$iothub/methods/POST/${encodeURIComponent(name)}/?$rid=${requestId}`,
  /** `$rid` before `$version`: the Java client cuts by position. */
  twinResponse: (status: number, requestId: string, version?: number) =>
    `$iothub/twin/res/${status}/?$rid=${requestId}${version === undefined ? '' : `&$version=${version}`}`,
  certificateResponse: (word: 'credential' | 'credentials', status: number, requestId: string) =>
    `$iothub/${word}/res/${status}/?$rid=${requestId}`,
  desiredPatch: (version: number) => `$iothub/twin/PATCH/properties/desired/?$version=${version}`,
};

function devicePath({ deviceId, moduleId }: DeviceIdentity): string {
  return moduleId === undefined ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // An id with a lone % is still an id; it will match no request of ours.
    return text;
  }
}

function malformed(topic: string): HubError {
  return new HubError('topic.malformed', `no publish topic has the shape of "${shortened(topic)}"`);
}

function shortened(topic: string): string {
  return topic.length > 120 ? `${topic.slice(0, 120)}…` : topic;
}
