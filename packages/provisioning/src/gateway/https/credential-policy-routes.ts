import { type CredentialPolicy, HubError } from '@viaduct/contracts';
import {
  ifMatchIn,
  type JsonObject,
  jsonObjectIn,
  type KeepsPolicies,
  type KnowsItsNames,
  type MakesRandomness,
  type TellsTime,
} from '@viaduct/hub';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type CredentialPolicyInput,
  createCredentialPolicy,
  getCredentialPolicy,
  listCredentialPolicies,
  removeCredentialPolicy,
  updateCredentialPolicy,
} from '../../core/issuance/credential-policy.ts';
import type {
  CertificateKeyType,
  CredentialPolicyRecord,
  IssuesCertificates,
  KeepsCredentialPolicies,
} from '../../core/ports.ts';
import { authorizeByPolicy } from './authorize-by-policy.ts';

type Serves = KeepsCredentialPolicies &
  IssuesCertificates &
  KeepsPolicies &
  KnowsItsNames &
  TellsTime &
  MakesRandomness;

/**
 * By which rules certificates are issued; ours, no SDK calls it. All ask for ServiceConfig.
 *
 *     GET    /credentialPolicies                      {"value": [CredentialPolicy, …]}
 *     GET    /credentialPolicies/{name}
 *     PUT    /credentialPolicies/{name}               {validityDays, keyTypes}: creates without If-Match, replaces with
 *     DELETE /credentialPolicies/{name}               204
 *     GET    /credentialPolicies/{name}/certificate   PEM: the authority that signs, its root, then those whose certificates still hold
 */
export function credentialPolicyRoutes(app: FastifyInstance, p: Serves): void {
  app.get('/credentialpolicies', async (request): Promise<{ value: readonly CredentialPolicy[] }> => {
    await authorizeByPolicy(p, request, 'ServiceConfig');
    return { value: await listCredentialPolicies(p) };
  });
  app.get('/credentialpolicies/:id', async (request, reply) => {
    await authorizeByPolicy(p, request, 'ServiceConfig');
    return answer(await getCredentialPolicy(p, nameIn(request)), reply);
  });
  app.put('/credentialpolicies/:id', async (request, reply) => {
    await authorizeByPolicy(p, request, 'ServiceConfig');
    const [name, input, ifMatch] = [nameIn(request), inputIn(jsonObjectIn(request)), ifMatchIn(request)];
    if (ifMatch === undefined) return answer(await createCredentialPolicy(p, name, input), reply);
    return answer(await updateCredentialPolicy(p, name, input, ifMatch), reply);
  });
  app.delete('/credentialpolicies/:id', async (request, reply) => {
    await authorizeByPolicy(p, request, 'ServiceConfig');
    await removeCredentialPolicy(p, nameIn(request), ifMatchIn(request));
    return reply.code(204).send();
  });
  app.get('/credentialpolicies/:id/certificate', async (request, reply) => {
    await authorizeByPolicy(p, request, 'ServiceConfig');
    await getCredentialPolicy(p, nameIn(request));
    // So that there is one to tell, before the first device asks.
    await p.issuer.issuingCertificate();
    const authorities = await p.issuer.authorities();
    const pems = new Set(authorities.flatMap(({ pem, rootPem }) => [pem, rootPem]));
    return reply.type('application/x-pem-file').send([...pems].join(''));
  });
}

function nameIn(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

/** What the members hold is the core's to judge. @throws HubError credentialPolicy.invalid */
function inputIn({ validityDays, keyTypes }: JsonObject): CredentialPolicyInput {
  if (typeof validityDays !== 'number' || !Array.isArray(keyTypes)) {
    throw new HubError('credentialPolicy.invalid', 'validityDays is a number, and keyTypes a list of texts');
  }
  return { validityDays, keyTypes: keyTypes as CertificateKeyType[] };
}

function answer(record: CredentialPolicyRecord, reply: FastifyReply): CredentialPolicy {
  reply.header('etag', `"${record.etag}"`);
  return record;
}
