import { HubError, LIMITS } from '@viaduct/contracts';

const REGISTRATION_ID = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9])?$/;

/**
 * Whether a text may be a registration id, or the id of an enrolment group: letters, digits and - . _ : with a letter or digit at both
 * ends. Compared without regard to case. Source: Azure DPS, "Terminology", registration ID.
 */
export function isRegistrationId(id: string): boolean {
  return id.length <= LIMITS.ID_CHARACTERS_MAX && REGISTRATION_ID.test(id);
}

/** @throws HubError registration.idInvalid */
export function requireRegistrationId(id: string, what = 'registration id'): string {
  if (isRegistrationId(id)) return id;
  throw new HubError(
    'registration.idInvalid',
    `${JSON.stringify(id.slice(0, 140))} is not a valid ${what}: 1 to ${LIMITS.ID_CHARACTERS_MAX} letters, digits and - . _ : with a letter or digit first and last`,
  );
}
