import { ACCESS_ROLES, type AccessRole, LIMITS } from '@viaduct/contracts';
import { accessTokensClient } from '../../api/tokens-client.ts';
import type { TokenKind } from './token-kind.ts';
import { TokensPage } from './tokens-page.tsx';

const ACCESS_TOKENS: TokenKind<AccessRole> = {
  client: accessTokensClient,
  roles: ACCESS_ROLES,
  firstRole: 'dataReader',
  roleWords: {
    dataContributor: {
      title: 'Everything',
      text: 'Devices, twins, methods, messages, files, jobs, configurations.',
    },
    dataReader: { title: 'Read only', text: 'Reads all of that and changes nothing.' },
    registryContributor: { title: 'Registry', text: 'Devices and modules, their keys and thumbprints.' },
    twinContributor: { title: 'Twins', text: 'Twins and digital twins, and queries for them.' },
  },
  limits: {
    nameCharactersMax: LIMITS.ACCESS_TOKEN_NAME_CHARACTERS_MAX,
    daysDefault: LIMITS.ACCESS_TOKEN_DAYS_DEFAULT,
    daysMax: LIMITS.ACCESS_TOKEN_DAYS_MAX,
  },
  words: {
    many: 'Access tokens',
    one: 'Access token',
    newOne: 'New access token',
    text: 'A back end calls the REST interface with a token instead of a shared access policy: it may do what its role says, it ends by itself, and it can be revoked alone.',
    name: 'Name',
    nameDescription: 'Of the program that will use it.',
    role: 'It may do',
    revoked: 'Whoever uses it is refused from now on. Other tokens and the policies stay as they are.',
  },
  howToUse: () => (
    <p className="quiet">
      Send it as <code>Authorization: Bearer …</code>
    </p>
  ),
};

/** Who may call the REST interface with a token, and may do what. */
export function AccessTokensPage() {
  return <TokensPage kind={ACCESS_TOKENS} />;
}
