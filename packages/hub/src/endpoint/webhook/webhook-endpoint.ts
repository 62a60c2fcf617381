import type { KnowsItsNames, TellsTime } from '../../core/ports.ts';
import type { EndpointAdapter } from '../../core/routing/endpoint.ts';
import { readWebhookConfiguration, WEBHOOK_SECRET_FIELDS, type WebhookConfiguration } from './webhook-configuration.ts';
import { WebhookConnection } from './webhook-connection.ts';

/** CloudEvents over HTTP to an address of the operator's. */
export function webhookEndpoint(hub: TellsTime & KnowsItsNames): EndpointAdapter<WebhookConfiguration> {
  return {
    kind: 'webhook',
    secretFields: WEBHOOK_SECRET_FIELDS,
    read: readWebhookConfiguration,
    address: ({ url }) => url,
    open: async (configuration) => new WebhookConnection(hub, configuration),
  };
}
