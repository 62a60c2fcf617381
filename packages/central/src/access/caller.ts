/**
 * Who asks central, whichever way: a person with a session of the console, or a program with an API token. Every use case that REST and the
 * console share takes one.
 */
export interface Caller {
  readonly kind: 'person' | 'token';
  /** User name, or name of the token. */
  readonly name: string;
  readonly role: RoleId;
}

/** Built-in roles: their ids are what scripts of Azure IoT Central hard-code. Source: `GET /api/roles` as documented. */
export const ROLES = {
  administrator: 'ca310b8d-2f4a-44e0-a36e-957c202cd8d4',
  builder: '344138e9-8de4-4497-8c54-5237e96d6aaf',
  operator: 'ae2c9854-393b-4f97-8c42-479d70ce626e',
} as const;
export type RoleId = (typeof ROLES)[keyof typeof ROLES];
