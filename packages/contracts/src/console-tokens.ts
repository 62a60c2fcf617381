/**
 * What an access token lets do over REST, shaped after the data roles of Azure IoT Hub.
 *
 *     dataContributor      everything a back end does: devices, twins, methods, messages, files, jobs, configurations
 *     dataReader           reads all of that, changes none
 *     registryContributor  devices and modules, their keys and their certificates' thumbprints
 *     twinContributor      twins and digital twins, and queries for them
 *
 * None of them manages the hub itself: authorities, consumer groups, routes and access tokens ask for a policy.
 */
export const ACCESS_ROLES = ['dataContributor', 'dataReader', 'registryContributor', 'twinContributor'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** An access token, as the console lists it; the token itself is shown once, when it is made. Times are ms since 1970. */
export interface AccessTokenView {
  /** Chosen by the operator; unique without regard to case. */
  readonly name: string;
  readonly role: AccessRole;
  readonly createdTime: number;
  /** A person, or `policy {name}`. */
  readonly createdBy: string;
  readonly expiryTime: number;
  /** To the minute; null for never. */
  readonly lastUsedTime: number | null;
}

export interface NewAccessToken {
  readonly name: string;
  readonly role: AccessRole;
  /** Whole days; LIMITS.ACCESS_TOKEN_DAYS_DEFAULT when absent. */
  readonly expiresInDays?: number;
}

export interface MadeAccessToken extends AccessTokenView {
  /** `vdt_…`: nobody can read it again. */
  readonly token: string;
}
