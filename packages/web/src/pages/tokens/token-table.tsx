import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type Token, tokensQuery } from '../../api/tokens-client.ts';
import { Age } from '../../ui/age.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import tables from '../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../ui/data-table.tsx';
import { TimeLeft } from '../../ui/time-left.tsx';
import type { TokenKind } from './token-kind.ts';
import classes from './tokens.module.css';

interface TokenTableProps<Role extends string> {
  readonly kind: TokenKind<Role>;
  readonly tokens: readonly Token<Role>[];
}

/** Tokens with their roles, and when each was used last. */
export function TokenTable<Role extends string>({ kind, tokens }: TokenTableProps<Role>) {
  const { words, roleWords } = kind;
  return (
    <section className={`card ${tables.frame}`} aria-label={words.many}>
      <DataTable
        columns={[
          words.name,
          'Role',
          'Ends',
          { title: 'Last used', isWide: true },
          { title: 'Made', isWide: true },
          ACTIONS,
        ]}
      >
        {tokens.map((token) => (
          <tr key={token.name}>
            <th scope="row" className={classes.name}>
              {token.name}
            </th>
            <td className={classes.role} title={roleWords[token.role].text}>
              {roleWords[token.role].title}
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
              <RevokeToken kind={kind} name={token.name} />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

interface RevokeTokenProps<Role extends string> {
  readonly kind: TokenKind<Role>;
  readonly name: string;
}

function RevokeToken<Role extends string>({ kind, name }: RevokeTokenProps<Role>) {
  const queryClient = useQueryClient();
  const revoke = async () => {
    await kind.client.revoke(name);
    await queryClient.invalidateQueries({ queryKey: tokensQuery(kind.client).queryKey });
  };
  return (
    <ConfirmButton
      label={`Revoke ${name}`}
      icon={IconTrash}
      question={`Revoke ${name}?`}
      consequence={kind.words.revoked}
      action="Revoke token"
      done={`${name} is revoked`}
      act={revoke}
    />
  );
}
