/** First words of the hub's paths; everything else (console, `/api`, blobs) is left as it came. */
const HUB_WORDS: ReadonlySet<string> = new Set([
  'devices',
  'twins',
  'statistics',
  'jobs',
  'configurations',
  'digitaltwins',
  'messages',
  'certificates',
  'eventhubendpoints',
  'accesstokens',
  'routing',
]);

/** Where Azure's management API keeps what we keep at the root. */
const ARM =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.devices\/iothubs\/[^/]+(?=\/(?:certificates|eventhubendpoints|routing)(?:\/|$))/i;

/** What is below a device's files. */
const BELOW_FILES = /^(\/(?:\/|%2f)*devices(?:\/|%2f)+(?:(?!%2f)[^/])+(?:\/|%2f)+files)(?:\/|%2f)(.+)$/i;

/**
 * The paths that SDKs send, as the routes know them; for Fastify's `rewriteUrl`. Pure.
 *
 *  - a whole path may come percent-encoded (`/devices%2Fquery`): an id never has a slash, so an encoded one is a separator
 *  - fixed words come in any case (`/devices/d1/messages/deviceBound`)
 *  - certificates, consumer groups and routing may be asked for below Azure's management path of a hub; its name is not compared
 *  - a trailing slash means nothing (`/devices/?top=10`)
 *  - the name of a file stays as it came (`/devices/d1/files/Logs//A`): its slashes and its case are its own
 */
export function rewriteHubUrl(url: string): string {
  const mark = url.indexOf('?');
  const path = (mark < 0 ? url : url.slice(0, mark)).replace(ARM, '');
  const query = mark < 0 ? '' : url.slice(mark);
  const [, files, name] = BELOW_FILES.exec(path) ?? [];
  if (files !== undefined && name !== undefined) return `${rewriteHubUrl(files)}/${name}${query}`;
  const segments = path
    .replace(/%2f/gi, '/')
    .split('/')
    .filter((segment, i) => i > 0 && segment !== '');
  const [first] = segments;
  if (first === undefined || !HUB_WORDS.has(first.toLowerCase())) return url;
  return `/${segments.map((segment, i) => (isId(segments, i) ? segment : segment.toLowerCase())).join('/')}${query}`;
}

const COLLECTIONS = ['modules', 'devicebound', 'feedback', 'commands', 'components', 'consumergroups'];
const ROUTING_COLLECTIONS = ['endpoints', 'routes', 'enrichments'];

/** The second segment is an id, where the first does not say what else, and so is what follows a word that collects ids. */
function isId(segments: readonly string[], at: number): boolean {
  const [first = '', before = ''] = [segments[0]?.toLowerCase(), segments[at - 1]?.toLowerCase()];
  if (first === 'routing') return ROUTING_COLLECTIONS.includes(before);
  return at === 1 ? first !== 'statistics' && !isTestQueries(first, segments[at]) : COLLECTIONS.includes(before);
}

/** Where a fixed word stands in the place of an id. A configuration of this id is reached all the same: only POST means the word. */
function isTestQueries(first: string, second: string | undefined): boolean {
  return first.toLowerCase() === 'configurations' && second?.toLowerCase() === 'testqueries';
}
