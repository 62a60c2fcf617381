import { array, collection, object, readOnly, ref, type Schemas, TIME, text, union, variant } from './schema.ts';

const GRANTS = { roles: array(ref('RoleAssignment'), { minItems: 1 }) };

/** Tokens, people, roles, organizations. */
export const ACCESS_SCHEMAS: Schemas = {
  RoleAssignment: object({ role: text(), organization: text() }, 'role'),
  ApiToken: object({ id: readOnly(text()), token: readOnly(text()), expiry: TIME, ...GRANTS }, 'roles'),
  ApiTokenCollection: collection('ApiToken'),
  Role: object({ id: readOnly(text()), displayName: text() }),
  RoleCollection: collection('Role'),
  EmailUser: variant('email', { id: readOnly(text()), ...GRANTS, email: text() }, 'roles', 'email'),
  ServicePrincipalUser: directoryUser('servicePrincipal'),
  ADGroupUser: directoryUser('adGroup'),
  User: union('EmailUser', 'ServicePrincipalUser', 'ADGroupUser'),
  UserCollection: collection('User'),
  Organization: object({ id: readOnly(text()), displayName: text(), parent: text() }),
  OrganizationCollection: collection('Organization'),
};

function directoryUser(type: string) {
  const members = { id: readOnly(text()), ...GRANTS, tenantId: text(), objectId: text() };
  return variant(type, members, 'roles', 'tenantId', 'objectId');
}
