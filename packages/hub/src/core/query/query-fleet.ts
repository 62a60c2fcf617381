import type { DeviceIdentity } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { JsonObject, KeepsQueries, PageOfQuery, QueryPage } from '../ports.ts';
import { isoTime } from '../record/append-happening.ts';
import { withLivePresence } from '../registry/get-device.ts';
import { parseQuery } from './parse-query.ts';

/**
 * One page of a query over devices, modules or jobs. Conditions see presence as it is stored, a second behind; the documents that
 * are answered tell it as of now, like a twin that is asked for alone.
 *
 * @throws HubError argument.invalid (the text, with the place; the continuation), query.tooMany, query.tooLong (retry)
 */
export async function queryFleet(
  hub: KeepsQueries & HoldsSessions,
  text: string,
  page: PageOfQuery,
): Promise<QueryPage> {
  const answer = await hub.queries.query(parseQuery(text), page);
  if (answer.itemType !== 'Twin') return answer;
  return { ...answer, items: answer.items.map((twin) => withPresence(hub, twin)) };
}

function withPresence(hub: HoldsSessions, twin: JsonObject): JsonObject {
  const { deviceId, moduleId, connectionState, lastActivityTime } = twin as unknown as TwinHead;
  const { connected, lastActivityTime: heardTime } = withLivePresence(hub, {
    ...(moduleId === undefined ? { deviceId } : { deviceId, moduleId }),
    connected: connectionState === 'Connected',
    connectionStateUpdatedTime: 0,
    // Never is the year 1, and 0 for us.
    lastActivityTime: Math.max(0, Date.parse(lastActivityTime)),
  });
  return {
    ...twin,
    connectionState: connected ? 'Connected' : 'Disconnected',
    lastActivityTime: isoTime(heardTime),
  };
}

interface TwinHead extends DeviceIdentity {
  readonly connectionState: 'Connected' | 'Disconnected';
  readonly lastActivityTime: string;
}
