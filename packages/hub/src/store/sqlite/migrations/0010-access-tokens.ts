export const accessTokens = `
-- 0010-access-tokens
-- Why   Back ends may be let in by a token with a role of its own, which ends by itself and can be revoked alone.
-- Cost  A table of at most LIMITS.ACCESS_TOKENS_MAX rows; one write a minute for a token that is used.
-- Back  Earlier versions do not know the table and refuse bearer tokens.

CREATE TABLE access_token (
  name           TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
  role           TEXT    NOT NULL,
  hash           BLOB    NOT NULL UNIQUE, -- SHA-256 of the token
  created_time   INTEGER NOT NULL,        -- times are ms since 1970
  created_by     TEXT    NOT NULL,
  expiry_time    INTEGER NOT NULL,
  last_used_time INTEGER NOT NULL         -- 0 for never
) WITHOUT ROWID;
`;
