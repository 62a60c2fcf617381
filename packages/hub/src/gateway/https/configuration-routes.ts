import { LIMITS } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { applyConfigurationContent } from '../../core/configuration/apply-content.ts';
import { requireConfigurationId } from '../../core/configuration/configuration-input.ts';
import { getConfiguration, listConfigurations } from '../../core/configuration/get-configuration.ts';
import {
  createConfiguration,
  removeConfiguration,
  updateConfiguration,
} from '../../core/configuration/put-configuration.ts';
import { testQueries } from '../../core/configuration/test-configuration.ts';
import type { Hub } from '../../core/hub.ts';
import type { ConfigurationRecord, JsonObject } from '../../core/ports.ts';
import { configurationDocument } from './configuration-document.ts';
import { readConfigurationInput, readTestQueries } from './read-configuration-input.ts';
import { authorize, identityIn, ifMatchIn, jsonObjectIn, pageSize, setEtag } from './read-request.ts';

/**
 * Automatic device management.
 *
 *     GET    /configurations?top=                  RegistryRead    all of them, or the first in order of id
 *     GET    /configurations/{id}                  RegistryRead
 *     PUT    /configurations/{id}                  RegistryWrite   creates without If-Match, updates with
 *     DELETE /configurations/{id}                  RegistryWrite
 *     POST   /configurations/testQueries           RegistryRead    what is wrong with a condition and queries
 *     POST   /devices/{id}[/modules/{moduleId}]/applyConfigurationContent   RegistryWrite   into one device, at once
 */
export function configurationRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/configurations', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    const { top } = request.query as { top?: unknown };
    const limit = pageSize(top, 'top', LIMITS.CONFIGURATION_PAGE_MAX, LIMITS.CONFIGURATION_PAGE_MAX);
    return documents(hub, (await listConfigurations(hub)).slice(0, limit));
  });
  app.get('/configurations/:id', async (request, reply) => {
    await authorize(hub, request, 'RegistryRead');
    return answer(hub, await getConfiguration(hub, idIn(request)), reply);
  });
  app.put('/configurations/:id', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const id = idIn(request);
    const input = readConfigurationInput(jsonObjectIn(request), id);
    const ifMatch = ifMatchIn(request);
    if (ifMatch !== undefined) return answer(hub, await updateConfiguration(hub, id, input, ifMatch), reply);
    return answer(hub, await createConfiguration(hub, id, input), reply.code(201));
  });
  app.delete('/configurations/:id', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    await removeConfiguration(hub, idIn(request), ifMatchIn(request));
    return reply.code(204).send();
  });
  app.post('/configurations/testqueries', async (request) => {
    await authorize(hub, request, 'RegistryRead');
    const { targetCondition, queries } = readTestQueries(jsonObjectIn(request));
    const { targetConditionError, metricErrors } = testQueries(targetCondition, queries);
    return { targetConditionError, customMetricQueryErrors: metricErrors };
  });
  for (const path of ['/devices/:id', '/devices/:id/modules/:moduleId']) {
    app.post(`${path}/applyconfigurationcontent`, async (request, reply) => {
      await authorize(hub, request, 'RegistryWrite');
      await applyConfigurationContent(hub, identityIn(request), jsonObjectIn(request));
      return reply.code(204).send();
    });
  }
}

function idIn(request: FastifyRequest): string {
  return requireConfigurationId((request.params as { id: string }).id);
}

async function answer(hub: Hub, record: ConfigurationRecord, reply: FastifyReply): Promise<JsonObject> {
  setEtag(reply, record.etag);
  const [counts, results] = await Promise.all([
    hub.configurationStates.counts(record.id),
    hub.configurations.metricResults(),
  ]);
  return configurationDocument(record, { counts: counts.get(record.id), results: results.get(record.id) });
}

async function documents(hub: Hub, records: readonly ConfigurationRecord[]): Promise<JsonObject[]> {
  const [counts, results] = await Promise.all([hub.configurationStates.counts(), hub.configurations.metricResults()]);
  return records.map((record) =>
    configurationDocument(record, { counts: counts.get(record.id), results: results.get(record.id) }),
  );
}
