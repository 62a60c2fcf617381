import { LIMITS } from '@viaduct/contracts';
import {
  addCertificate,
  type CaCertificateRecord,
  type HoldsSessions,
  type KeepsCertificates,
  type KeepsRegistry,
  type MakesRandomness,
  removeCertificate,
  type TellsTime,
} from '@viaduct/hub';
import type { AuthorityRecord } from '../ports.ts';
import { derOf, thumbprintOf } from './sign-certificates.ts';

/** Where devices come with what our authorities signed. */
export interface TrustsAuthorities {
  /** Nothing happens when it is trusted already. @throws HubError certificate.tooMany, store.unavailable (retry) */
  trust(authority: AuthorityRecord): Promise<void>;
  /** Nothing happens when it is not known. */
  distrust(authority: AuthorityRecord): Promise<void>;
}

type Hub = KeepsCertificates & KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness;

const NAME = 'viaduct-issuing-ca';

/**
 * The hub of this server: an authority is one of its registered, verified ones, under a name that nobody else uses. An operator who
 * deletes it, or replaces it by another one, finds it there again once it is needed; to stop devices, their enrolments are disabled.
 */
export function trustAtHub(hub: Hub): TrustsAuthorities {
  return {
    async trust({ pem }) {
      const known = await hub.certificates.list();
      const own = known.find(isOf(pem));
      if (own?.isVerified) return;
      const input = { certificate: pem, isVerified: true };
      if (own !== undefined) await addCertificate(hub, { ...input, name: own.name }, own.etag);
      else await addCertificate(hub, { ...input, name: freeName(known, pem) });
    },
    async distrust({ pem }) {
      for (const own of (await hub.certificates.list()).filter(isOf(pem)))
        await removeCertificate(hub, own.name, own.etag);
    },
  };
}

function isOf(pem: string): (record: CaCertificateRecord) => boolean {
  const wanted = thumbprintOf(derOf(pem));
  return (record) => thumbprintOf(derOf(record.pem)) === wanted;
}

/** The plain name, or while that is taken (the one before, or the operator's) one with a part of the thumbprint. */
function freeName(known: readonly CaCertificateRecord[], pem: string): string {
  const taken = new Set(known.map(({ name }) => name.toLowerCase()));
  const thumbprint = thumbprintOf(derOf(pem)).toLowerCase();
  const room = LIMITS.CA_CERTIFICATE_NAME_CHARACTERS_MAX - NAME.length - 1;
  return taken.has(NAME) ? `${NAME}-${thumbprint.slice(0, Math.min(8, room))}` : NAME;
}
