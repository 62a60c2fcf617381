import { EndpointFailure, type RoutedMessage } from '../core/routing/endpoint.ts';

/** The endpoint will never take this one message; those around it come again without it. */
export function poison({ partition, offset }: RoutedMessage, why: string, cause?: unknown): EndpointFailure {
  return new EndpointFailure('permanent', why, {
    poison: { partition, offset },
    ...(cause === undefined ? {} : { cause }),
  });
}
