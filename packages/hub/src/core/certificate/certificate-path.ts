import type { X509Certificate } from 'node:crypto';
import { HubError, LIMITS } from '@viaduct/contracts';
import { agoText } from '../access/ago-text.ts';
import { pathLengthOf } from './basic-constraints.ts';
import { weakSignatureOf } from './weak-signature.ts';

/** A certificate authority that an operator registered. */
export interface Authority {
  readonly name: string;
  readonly isVerified: boolean;
  readonly certificate: X509Certificate;
}

/** From the device's certificate upwards, without the authority: who signed whom. */
export interface CertificatePath {
  readonly authority: Authority;
  readonly intermediates: readonly X509Certificate[];
  /** When the first of them runs out, ms since 1970. */
  readonly validTo: number;
}

interface Question {
  readonly leaf: X509Certificate;
  /** Signed certificates that may lie between; they lend no trust of their own. */
  readonly intermediates: readonly X509Certificate[];
  readonly authorities: readonly Authority[];
  readonly now: number;
  /** A resumed TLS session: the peer sent no certificates this time. Only for the words of a refusal. */
  readonly isResumed?: boolean;
}

/** How far the search came: from `tip` downwards everything is signed, valid and allowed. */
interface Step {
  readonly tip: X509Certificate;
  readonly below: readonly X509Certificate[];
}

/**
 * The shortest way from a device's certificate to a verified authority. Pure: time and certificates are arguments.
 *
 * Breadth first, and each intermediate is looked at once: a peer that sends many certificates which all claim to have
 * signed each other costs at most the square of their number in signature checks, not its factorial.
 *
 * @throws HubError credential.certificateExpired, credential.certificateNotYetValid, credential.certificateUntrusted
 */
export function findCertificatePath(question: Question): CertificatePath {
  const { leaf, intermediates, now } = question;
  requireValidNow(leaf, "the device's certificate", now);
  const obstacles: Obstacles = {};
  const seen = new Set([leaf.fingerprint256]);
  let top = leaf;
  let steps: readonly Step[] = [{ tip: leaf, below: [] }];
  while (steps.length > 0) {
    top = steps[0]?.tip ?? top;
    const next: Step[] = [];
    for (const step of steps) {
      const path = endAtAuthority(question, step, obstacles);
      if (path !== undefined) return path;
      for (const candidate of intermediates) {
        if (seen.has(candidate.fingerprint256) || !claimsToSign(candidate, step.tip)) continue;
        const obstacle = findDepthObstacle(step) ?? findObstacle(candidate, step, now);
        if (obstacle !== undefined) obstacles.last = obstacle;
        else {
          seen.add(candidate.fingerprint256);
          next.push({ tip: candidate, below: [...step.below, step.tip] });
        }
      }
    }
    steps = next;
  }
  throw obstacles.unverified ?? obstacles.last ?? unknownAuthority(question, top);
}

/** What stood in the way so far. An unverified authority is told first: the operator can mend that at once. */
interface Obstacles {
  unverified?: HubError;
  last?: HubError;
}

function endAtAuthority({ authorities, now }: Question, step: Step, obstacles: Obstacles): CertificatePath | undefined {
  for (const authority of authorities) {
    if (!claimsToSign(authority.certificate, step.tip)) continue;
    const obstacle = findObstacle(authority.certificate, step, now);
    if (obstacle !== undefined) {
      obstacles.last = obstacle;
      continue;
    }
    if (!authority.isVerified) {
      obstacles.unverified = untrusted(`the authority "${authority.name}" is registered but not verified yet`);
      continue;
    }
    const path = [...step.below, step.tip];
    const ends = [...path, authority.certificate].map(({ validTo }) => Date.parse(validTo));
    return { authority, intermediates: path.slice(1), validTo: Math.min(...ends) };
  }
  return undefined;
}

function claimsToSign(issuer: X509Certificate, subject: X509Certificate): boolean {
  return subject.issuer === issuer.subject && subject.fingerprint256 !== issuer.fingerprint256;
}

function findDepthObstacle({ below }: Step): HubError | undefined {
  if (below.length < LIMITS.CERTIFICATE_CHAIN_DEPTH_MAX) return undefined;
  return untrusted(`the path is too long: at most ${LIMITS.CERTIFICATE_CHAIN_DEPTH_MAX} intermediates are followed`);
}

/** What speaks against `issuer` having signed the tip, and having been allowed to. */
function findObstacle(issuer: X509Certificate, { tip, below }: Step, now: number): HubError | undefined {
  const name = nameOf(issuer);
  // Expects a certificate authority that may sign certificates, where key usage is given; RFC 5280 §4.2.1.3, §4.2.1.9.
  if (!issuer.ca) return untrusted(`the certificate "${name}" in the chain is not one of an authority (CA:true)`);
  if (!tip.checkIssued(issuer)) {
    return untrusted(`"${name}" has the name of who signed "${nameOf(tip)}", but another key or no right to sign`);
  }
  if (!isSignedBy(tip, issuer)) return untrusted(`the signature on "${nameOf(tip)}" was not made by "${name}"`);
  const weak = weakSignatureOf(tip.raw);
  if (weak !== undefined) return untrusted(`the signature on "${nameOf(tip)}" is ${weak}, which can be forged`);
  const tooLong = pathLengthObstacle(issuer, [...below, tip]);
  return tooLong ?? findTimeObstacle(issuer, `the certificate "${name}" in the chain`, now);
}

/** Intermediates that issued themselves (a renewed key) do not count. Source: RFC 5280 §4.2.1.9. */
function pathLengthObstacle(issuer: X509Certificate, path: readonly X509Certificate[]): HubError | undefined {
  const allowed = pathLengthOf(issuer.raw);
  const between = path.slice(1).filter(({ subject, issuer: signer }) => subject !== signer).length;
  if (allowed === undefined || between <= allowed) return undefined;
  return untrusted(
    `the path is too long: "${nameOf(issuer)}" allows ${allowed} intermediates below it, and here are ${between}`,
  );
}

/** Whether the signature is right. Says nothing about time or right to sign. */
export function isSignedBy(subject: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return subject.verify(issuer.publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know signs nothing that we could check.
    return false;
  }
}

/** @throws HubError credential.certificateExpired, credential.certificateNotYetValid */
export function requireValidNow(certificate: X509Certificate, what: string, now: number): void {
  const obstacle = findTimeObstacle(certificate, what, now);
  if (obstacle !== undefined) throw obstacle;
}

/** Why a certificate does not hold now; undefined when it does. */
export function findTimeObstacle(
  { validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>,
  what: string,
  now: number,
): HubError | undefined {
  const begin = Date.parse(validFrom);
  const end = Date.parse(validTo);
  if (now < begin) {
    return new HubError(
      'credential.certificateNotYetValid',
      `${what} is not valid yet: only in ${agoText(begin - now)}, from ${new Date(begin).toISOString()}`,
    );
  }
  // A date that cannot be read is no date in the future.
  return now <= end
    ? undefined
    : new HubError('credential.certificateExpired', `${what} expired ${agoText(now - end)} ago`);
}

function unknownAuthority({ leaf, intermediates, isResumed }: Question, top: X509Certificate): HubError {
  const signer = `"${nameOf(top)}" was signed by "${shortText(top.issuer)}", which is not a registered authority`;
  if (top !== leaf) return untrusted(signer);
  if (isResumed) return untrusted(`${signer}; the TLS session was resumed, in which no intermediates are sent`);
  return untrusted(intermediates.length === 0 ? `${signer}; the device sent no intermediates` : signer);
}

function untrusted(message: string): HubError {
  return new HubError('credential.certificateUntrusted', message);
}

function nameOf({ subject }: X509Certificate): string {
  return shortText(subject);
}

/** In one line: Node puts each part of a name on its own. What the peer wrote is cut, for the operator reads this. */
function shortText(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ').slice(0, 120);
}
