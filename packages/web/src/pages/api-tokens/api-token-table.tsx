import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { ApiTokenView } from '@viaduct/contracts';
import { apiTokensClient, apiTokensQuery } from '../../api/api-tokens-client.ts';
import { Age } from '../../ui/age.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import tables from '../../ui/data-table.module.css';
import { TimeLeft } from '../../ui/time-left.tsx';
import { API_ROLE_WORDS } from './api-role-words.ts';
import classes from './api-tokens.module.css';

/** Tokens with their roles, and when each was used last. */
export function ApiTokenTable({ tokens }: { readonly tokens: readonly ApiTokenView[] }) {
  return (
    <section className={`card ${tables.frame}`} aria-label="API tokens">
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Role</th>
            <th scope="col">Ends</th>
            <th scope="col" data-wide>
              Last used
            </th>
            <th scope="col" data-wide>
              Made
            </th>
            <th scope="col">
              <span className="hidden-visually">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.tokenId}>
              <th scope="row" className={classes.name}>
                {token.tokenId}
              </th>
              <td className={classes.role} title={API_ROLE_WORDS[token.role].text}>
                {API_ROLE_WORDS[token.role].title}
              </td>
              <td>
                <TimeLeft at={token.expiryTime} />
              </td>
              <td data-wide>
                <Age at={token.lastUsedTime} />
              </td>
              <td data-wide>
                <Age at={token.createdTime} /> <span className="quiet">by {token.createdBy}</span>
              </td>
              <td data-actions>
                <RevokeApiToken tokenId={token.tokenId} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RevokeApiToken({ tokenId }: { readonly tokenId: string }) {
  const queryClient = useQueryClient();
  const revoke = async () => {
    await apiTokensClient.revoke(tokenId);
    await queryClient.invalidateQueries({ queryKey: apiTokensQuery.queryKey });
  };
  return (
    <ConfirmButton
      label={`Revoke ${tokenId}`}
      icon={IconTrash}
      question={`Revoke ${tokenId}?`}
      consequence="Whoever uses it is refused from now on. Other tokens stay as they are."
      action="Revoke token"
      done={`${tokenId} is revoked`}
      act={revoke}
    />
  );
}
