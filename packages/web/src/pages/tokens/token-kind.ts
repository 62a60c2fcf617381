import type { ReactNode } from 'react';
import type { TokensClient } from '../../api/tokens-client.ts';

/** Tokens of one kind: where they are kept, which roles there are, and the words of their page. */
export interface TokenKind<Role extends string> {
  readonly client: TokensClient<Role>;
  readonly roles: readonly Role[];
  /** What a new one has until another is chosen. */
  readonly firstRole: Role;
  /** What each role may do. */
  readonly roleWords: Readonly<Record<Role, { readonly title: string; readonly text: string }>>;
  readonly limits: { readonly nameCharactersMax: number; readonly daysDefault: number; readonly daysMax: number };
  readonly words: TokenWords;
  /** How a program shows it, below a token that was just made. */
  readonly howToUse: (token: string) => ReactNode;
}

interface TokenWords {
  readonly many: string;
  readonly one: string;
  readonly newOne: string;
  readonly text: string;
  readonly name: string;
  readonly nameDescription: string;
  readonly role: string;
  readonly revoked: string;
}
