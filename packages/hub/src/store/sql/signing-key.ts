import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { SecretBox } from '../secret-box.ts';
import type { GroupWriter } from './group-writer.ts';
import type { HubSchema } from './schema.ts';

const KEY_BYTES = 64;

/** The key of this name; made at the first start, sealed, and kept. */
export async function openSigningKey(
  reader: Kysely<HubSchema>,
  writer: GroupWriter,
  box: SecretBox,
  name: string,
): Promise<Buffer> {
  const place = `signing key ${name}`;
  const row = await reader.selectFrom('signing_key').select('sealed').where('name', '=', name).executeTakeFirst();
  if (row !== undefined) return Buffer.from(box.open(row.sealed, place), 'base64');
  const key = randomBytes(KEY_BYTES);
  const sealed = box.seal(key.toString('base64'), place);
  await writer.write((db) => db.insertInto('signing_key').values({ name, sealed }).execute());
  return key;
}
