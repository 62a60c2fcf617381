/**
 * API tokens: what programs ask the REST interface under `/api` with. Each has a role of the application.
 *
 *     GET    /api-tokens             ApiTokenView[]
 *     POST   /api-tokens             NewApiToken → MadeApiToken, 201
 *     DELETE /api-tokens/:tokenId    204
 */
export const API_ROLES = ['administrator', 'builder', 'operator'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** As the console lists it; the token itself is shown once, when it is made. Times are ms since 1970. */
export interface ApiTokenView {
  /** Chosen by who makes it. */
  readonly tokenId: string;
  readonly role: ApiRole;
  readonly createdTime: number;
  readonly createdBy: string;
  readonly expiryTime: number;
  /** To the minute; null for never. */
  readonly lastUsedTime: number | null;
}

export interface NewApiToken {
  readonly tokenId: string;
  readonly role: ApiRole;
  /** Whole days; LIMITS.API_TOKEN_DAYS_DEFAULT when absent. */
  readonly expiresInDays?: number;
}

export interface MadeApiToken extends ApiTokenView {
  /** `SharedAccessSignature …`: nobody can read it again. */
  readonly token: string;
}
