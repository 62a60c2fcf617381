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

const COLLECTIONS = [
  'modules',
  'devicebound',
  'feedback',
  'filenotifications',
  'commands',
  'components',
  'consumergroups',
];
const ROUTING_COLLECTIONS = ['endpoints', 'routes', 'enrichments'];

/**
 * Fixed words that stand in the place of an id. A configuration that has one for its id is reached all the same: only POST means
 * the word. A job may not have one.
 */
const WORDS_FOR_IDS: ReadonlySet<string> = new Set([
  '/configurations/testqueries',
  '/jobs/container',
  '/jobs/create',
  '/jobs/v2',
  '/jobs/v2/query',
]);

/** The second segment is an id, where the first does not say what else, and so is what follows a word that collects ids. */
function isId(segments: readonly string[], at: number): boolean {
  const words = segments.slice(0, at + 1).map((segment) => segment.toLowerCase());
  if (WORDS_FOR_IDS.has(`/${words.join('/')}`)) return false;
  const [first = '', second = ''] = words;
  const before = words[at - 1] ?? '';
  if (first === 'routing') return ROUTING_COLLECTIONS.includes(before);
  if (at === 1) return first !== 'statistics' && first !== 'messages';
  return COLLECTIONS.includes(before) || (at === 2 && first === 'jobs' && second === 'v2');
}
