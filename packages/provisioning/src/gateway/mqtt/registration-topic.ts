import { HubError } from '@viaduct/contracts';

/** The only filter that a device which registers may subscribe to. */
export const ANSWERS = '$dps/registrations/res/#';

/** What a device asks for. `requestId` is its own, as it wrote it, and goes back with the answer. */
export type RegistrationTopic =
  | { readonly kind: 'register'; readonly requestId: string; readonly isForced: boolean }
  | { readonly kind: 'poll'; readonly requestId: string; readonly operationId: string }
  | { readonly kind: 'lookup'; readonly requestId: string };

const TOPIC = /^\$dps\/registrations\/(PUT|GET|POST)\/(iotdps-[a-z-]+)\/\?(.*)$/is;
/** It becomes part of a topic again, which has no wildcards. */
const REQUEST_ID = /^[^#+\0]{1,256}$/;

/**
 * The topics that a device which registers may publish to. Pure: text in, what it asks for out.
 *
 *     $dps/registrations/PUT/iotdps-register/?$rid={r}[&forceRegistration=true]
 *     $dps/registrations/GET/iotdps-get-operationstatus/?$rid={r}&operationId={id}
 *     $dps/registrations/{GET|POST}/iotdps-get-registration/?$rid={r}
 *
 * @throws HubError topic.malformed
 */
export function parseRegistrationTopic(topic: string): RegistrationTopic {
  const [, verb = '', operation = '', query = ''] = TOPIC.exec(topic) ?? [];
  const members = readQuery(query);
  const requestId = members.get('$rid') ?? '';
  if (REQUEST_ID.test(requestId)) {
    switch (`${verb.toUpperCase()} ${operation.toLowerCase()}`) {
      case 'PUT iotdps-register':
        return { kind: 'register', requestId, isForced: members.get('forceregistration')?.toLowerCase() === 'true' };
      case 'GET iotdps-get-operationstatus':
        return { kind: 'poll', requestId, operationId: members.get('operationid') ?? '' };
      case 'GET iotdps-get-registration':
      case 'POST iotdps-get-registration':
        return { kind: 'lookup', requestId };
    }
  }
  throw new HubError(
    'topic.malformed',
    `no topic of a device that registers has the shape of ${JSON.stringify(topic.slice(0, 200))}`,
  );
}

/**
 *     $dps/registrations/res/202/?$rid=1&retry-after=3
 *
 * The request id comes first and `retry-after` in lower case: there are clients that look for no other form.
 */
export function answerTopic(status: number, requestId: string, retryAfterSeconds: number | undefined): string {
  const retryAfter = retryAfterSeconds === undefined ? '' : `&retry-after=${retryAfterSeconds}`;
  return `$dps/registrations/res/${status}/?$rid=${requestId}${retryAfter}`;
}

/** Names in lower case, values as they came. */
function readQuery(query: string): ReadonlyMap<string, string> {
  return new Map(
    query.split('&').map((member) => {
      const equals = member.indexOf('=');
      return equals < 0
        ? [member.toLowerCase(), '']
        : [member.slice(0, equals).toLowerCase(), member.slice(equals + 1)];
    }),
  );
}
