import { ifMatchIn } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import type { Provisioning } from '../../core/provisioning.ts';
import { getRegistration, listRegistrations, removeRegistration } from '../../core/registration/registration-state.ts';
import { registrationStateDocument } from '../registration-document.ts';
import { authorizeByPolicy } from './authorize-by-policy.ts';
import { idIn } from './enrollment-routes.ts';
import { pageIn, setPage } from './read-provisioning-page.ts';

/**
 * How devices stand, for back ends.
 *
 *     GET    /registrations/{registrationId}            RegistrationStatusRead
 *     DELETE /registrations/{registrationId}            RegistrationStatusWrite   the device stays at its hub
 *     POST   /registrations/{enrollmentGroupId}/query   RegistrationStatusRead    of a group; a body is not looked at
 */
export function registrationRoutes(app: FastifyInstance, provisioning: Provisioning): void {
  app.get('/registrations/:id', async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'RegistrationStatusRead');
    const record = await getRegistration(provisioning, idIn(request));
    reply.header('etag', `"${record.etag}"`);
    return registrationStateDocument(record);
  });
  app.delete('/registrations/:id', async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'RegistrationStatusWrite');
    await removeRegistration(provisioning, idIn(request), ifMatchIn(request));
    return reply.code(204).send();
  });
  app.post('/registrations/:id/query', async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'RegistrationStatusRead');
    const page = pageIn(request);
    const { items, next } = await listRegistrations(provisioning, 'group', idIn(request), page);
    setPage(reply, page, 'deviceRegistration', next);
    return items.map(registrationStateDocument);
  });
}
