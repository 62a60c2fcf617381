import { EndpointAdapters } from '../core/routing/endpoint.ts';

/** Every kind of endpoint, one line each. */
export function endpointAdapters(): EndpointAdapters {
  return new EndpointAdapters([]);
}
