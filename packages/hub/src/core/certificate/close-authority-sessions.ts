import { HubError } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry } from '../ports.ts';

/**
 * Ends the connections of all identities that rely on an authority, whichever it is. Which authority let a connection in is
 * not kept, so those of the others are judged again too: they are back at once. This happens when an authority goes, which
 * is seldom, and a device that stays although its authority is gone is worse than one that connects twice.
 */
export async function closeAuthoritySessions(hub: KeepsRegistry & HoldsSessions, what: string): Promise<void> {
  // Copied first: a session that closes leaves the directory.
  for (const session of [...hub.sessions]) {
    const entry = await hub.registry.find(session.identity);
    if (entry?.authentication.type !== 'certificateAuthority') continue;
    session.close(new HubError('credential.replaced', `${what}; devices that rely on another one connect again`));
  }
}
