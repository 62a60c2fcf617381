/**
 * What a token is good for: its resource is a path, and it covers everything below. Host names compare without regard to
 * case and port, and a hub answers to `{name}.device.…` and `{name}.service.…` as well.
 */
export function coversResource(granted: string, wanted: string, hostNames: readonly string[]): boolean {
  const grantedParts = segments(granted);
  const wantedParts = segments(wanted);
  const grantedHost = bareHost(grantedParts[0] ?? '');
  if (!hostNames.some((name) => sameHost(grantedHost, name))) return false;
  return grantedParts.slice(1).every((part, i) => samePart(part, wantedParts[i + 1]));
}

/** The host a token was made for, for words to an operator. */
export function resourceHost(resource: string): string {
  return bareHost(segments(resource)[0] ?? '');
}

function segments(resource: string): string[] {
  // Old samples end in `/api-version=…`, which narrows nothing.
  return resource.split('/').filter((part) => part !== '' && !part.startsWith('api-version='));
}

function bareHost(text: string): string {
  return text.toLowerCase().replace(/:\d+$/, '');
}

function sameHost(presented: string, ours: string): boolean {
  return presented === ours || presented.replace(/^([^.]+)\.(?:device|service)\./, '$1.') === ours;
}

/** Ids may be escaped once more inside the resource, which was itself escaped. */
function samePart(granted: string, wanted: string | undefined): boolean {
  if (granted === wanted) return true;
  try {
    return decodeURIComponent(granted) === wanted;
  } catch {
    // Not an escape after all, and as a literal it did not fit.
    return false;
  }
}
