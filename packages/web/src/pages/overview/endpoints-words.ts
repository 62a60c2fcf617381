import type { EndpointState } from '@viaduct/contracts';

interface EndpointsWords {
  readonly words: string;
  readonly isBad: boolean;
}

/** All endpoints in two words: how many fail, or that none does. The built-in one, which is always there, is not counted. */
export function endpointsWords(
  endpoints: readonly { readonly state: Pick<EndpointState, 'health'> }[],
): EndpointsWords {
  if (endpoints.length === 0) return { words: 'Built in', isBad: false };
  const failing = endpoints.filter(({ state }) => state.health === 'unhealthy' || state.health === 'dead').length;
  if (failing > 0) return { words: `${failing} of ${endpoints.length} failing`, isBad: true };
  const degraded = endpoints.filter(({ state }) => state.health === 'degraded').length;
  if (degraded > 0) return { words: `${degraded} degraded`, isBad: true };
  const paused = endpoints.filter(({ state }) => state.health === 'paused').length;
  return { words: paused > 0 ? `${paused} paused` : `${endpoints.length} well`, isBad: false };
}
