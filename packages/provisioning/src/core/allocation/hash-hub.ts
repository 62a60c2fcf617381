import { createHash } from 'node:crypto';
import type { LinkedHubRecord } from '../ports.ts';

/**
 * The hub that a device falls to by the hash of its registration id, each hub as often as its weight says. Pure.
 *
 * Weighted rendezvous hashing: each hub draws a number from the id, and the highest wins. A hub that is linked or unlinked, or changes its
 * weight, moves only the devices that come to it or leave it; all others stay where they are.
 *
 * Source: Wang and Ravishankar, "Hashing with a purpose"; Schindelhauer and Schomaker, "Weighted distributed hash tables", logarithmic method.
 */
export function hashHub(hubs: readonly LinkedHubRecord[], registrationId: string): LinkedHubRecord | undefined {
  let best: { readonly hub: LinkedHubRecord; readonly score: number } | undefined;
  for (const hub of hubs) {
    const score = -hub.allocationWeight / Math.log(fraction(hub.hostName, registrationId));
    if (best === undefined || score > best.score) best = { hub, score };
  }
  return best?.hub;
}

/** Even between 0 and 1, both excluded. */
function fraction(hostName: string, registrationId: string): number {
  const digest = createHash('sha256').update(`${hostName}\0${registrationId.toLowerCase()}`).digest();
  return (digest.readUIntBE(0, 6) + 0.5) / 2 ** 48;
}
