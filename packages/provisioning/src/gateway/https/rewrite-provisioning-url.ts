/** First words of what back ends ask for. */
const SERVICE_WORDS: ReadonlySet<string> = new Set([
  'enrollments',
  'enrollmentgroups',
  'registrations',
  'provisioningattempts',
  'provisioningsettings',
  'linkedhubs',
  'credentialpolicies',
]);

/** `/{idScope}/registrations/…`: what devices ask for. Everything else with such a second word is somebody's file. */
const ID_SCOPE = /^0ne[0-9a-z]+$/i;

/**
 * The paths that SDKs send, as the routes of provisioning know them; for Fastify's `rewriteUrl`. Pure. What is not provisioning's is left
 * as it came.
 *
 *  - fixed words come in any case (`/enrollmentGroups/g/attestationMechanism`); ids keep theirs
 *  - a whole path may come percent-encoded: an id never has a slash, so an encoded one is a separator
 *  - a trailing slash means nothing (`/enrollments/?api-version=…`)
 */
export function rewriteProvisioningUrl(url: string): string {
  const segments = segmentsOf(url);
  const asker = askerOf(segments);
  if (asker === undefined) return url;
  const mark = url.indexOf('?');
  const query = mark < 0 ? '' : url.slice(mark);
  // Words and ids alternate; a device's path begins with the id scope.
  const isId = (i: number) => i % 2 === (asker === 'device' ? 0 : 1);
  const rewritten = segments.map((segment, i) =>
    isId(i) && segment.toLowerCase() !== 'query' ? segment : segment.toLowerCase(),
  );
  return `/${rewritten.join('/')}${query}`;
}

/** Whether a path is provisioning's, whatever comes below. Pure. */
export function isProvisioningUrl(url: string): boolean {
  return askerOf(segmentsOf(url)) !== undefined;
}

function segmentsOf(url: string): string[] {
  const [path = ''] = url.split('?', 1);
  return path
    .replace(/%2f/gi, '/')
    .split('/')
    .filter((segment, i) => i > 0 && segment !== '');
}

function askerOf([first = '', second = '']: readonly string[]): 'device' | 'backEnd' | undefined {
  if (ID_SCOPE.test(first) && second.toLowerCase() === 'registrations') return 'device';
  return SERVICE_WORDS.has(first.toLowerCase()) ? 'backEnd' : undefined;
}
