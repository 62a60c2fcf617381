import { API_ROLES, type ApiRole, LIMITS } from '@viaduct/contracts';
import { apiTokensClient } from '../../api/tokens-client.ts';
import { TextBlock } from '../../ui/text-block.tsx';
import type { TokenKind } from './token-kind.ts';
import { TokensPage } from './tokens-page.tsx';

const API_TOKENS: TokenKind<ApiRole> = {
  client: apiTokensClient,
  roles: API_ROLES,
  firstRole: 'operator',
  roleWords: {
    administrator: { title: 'Administrator', text: 'Everything, tokens and enrolment groups included.' },
    builder: { title: 'Builder', text: 'Devices, their models, dashboards, queries.' },
    operator: { title: 'Operator', text: 'Devices, commands, groups, queries; dashboards to look at.' },
  },
  limits: {
    nameCharactersMax: LIMITS.API_TOKEN_ID_CHARACTERS_MAX,
    daysDefault: LIMITS.API_TOKEN_DAYS_DEFAULT,
    daysMax: LIMITS.API_TOKEN_DAYS_MAX,
  },
  words: {
    many: 'API tokens',
    one: 'API token',
    newOne: 'New API token',
    text: 'A program that knows the REST API of Azure IoT Central finds it here under /api, and shows a token: it may do what its role says, it ends by itself, and it can be revoked alone.',
    name: 'Id',
    nameDescription: 'Of the program that will use it: letters, digits, dots and hyphens.',
    role: 'Role',
    revoked: 'Whoever uses it is refused from now on. Other tokens stay as they are.',
  },
  howToUse: (token) => (
    <>
      <p className="quiet">It is the whole of the Authorization header, as it is:</p>
      <TextBlock text={curlLine(token)} label="A first request" />
    </>
  ),
};

/** The address is the one that this page came from. */
function curlLine(token: string): string {
  return `curl -H 'Authorization: ${token}' '${window.location.origin}/api/devices?api-version=2022-07-31'`;
}

/** Which programs may ask the REST interface of Azure IoT Central, and may do what. */
export function ApiTokensPage() {
  return <TokensPage kind={API_TOKENS} />;
}
