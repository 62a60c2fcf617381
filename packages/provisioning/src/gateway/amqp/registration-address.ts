/** Who registers, as SASL user names, link addresses and the SASL mechanism TPM name it. Nothing is checked yet. */
export interface RegistrationName {
  readonly idScope: string;
  readonly registrationId: string;
}

const ADDRESS = /^([^/]+)\/registrations\/([^/]+)$/i;

/**
 * Pure. Undefined for what is no such name.
 *
 *     {idScope}/registrations/{registrationId}                   Node, C#, and every SASL user name
 *     /{idScope}/registrations/{registrationId}                  Java
 *     amqps://{host}/{idScope}/registrations/{registrationId}    C
 */
export function parseRegistrationAddress(address: string): RegistrationName | undefined {
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+/, '');
  const [, idScope, registrationId] = ADDRESS.exec(path) ?? [];
  if (idScope === undefined || registrationId === undefined) return undefined;
  return { idScope: unescaped(idScope), registrationId: unescaped(registrationId) };
}

export function isSameName(a: RegistrationName, b: RegistrationName): boolean {
  return textOf(a).toLowerCase() === textOf(b).toLowerCase();
}

export function textOf({ idScope, registrationId }: RegistrationName): string {
  return `${idScope}/registrations/${registrationId}`;
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone % stands for itself, and no registration id has one.
    return part;
  }
}
