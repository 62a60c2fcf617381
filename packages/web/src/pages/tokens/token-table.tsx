import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { AccessTokenView } from '@viaduct/contracts';
import { tokensClient, tokensQuery } from '../../api/tokens-client.ts';
import { Age } from '../../ui/age.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import tables from '../../ui/data-table.module.css';
import { TimeLeft } from '../../ui/time-left.tsx';
import { ROLE_WORDS } from './role-words.ts';
import classes from './tokens.module.css';

export function TokenTable({ tokens }: { readonly tokens: readonly AccessTokenView[] }) {
  return (
    <section className={`card ${tables.frame}`} aria-label="Access tokens">
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
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
            <tr key={token.name}>
              <th scope="row" className={classes.name}>
                {token.name}
              </th>
              <td title={ROLE_WORDS[token.role].text}>{ROLE_WORDS[token.role].title}</td>
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
                <RevokeToken name={token.name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RevokeToken({ name }: { readonly name: string }) {
  const queryClient = useQueryClient();
  const revoke = async () => {
    await tokensClient.revoke(name);
    await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  return (
    <ConfirmButton
      label={`Revoke ${name}`}
      icon={IconTrash}
      question={`Revoke ${name}?`}
      consequence="Whoever uses it is refused from now on. Other tokens and the policies stay as they are."
      action="Revoke token"
      done={`${name} is revoked`}
      act={revoke}
    />
  );
}
