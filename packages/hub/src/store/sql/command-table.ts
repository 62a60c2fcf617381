import assert from 'node:assert/strict';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { Kysely } from 'kysely';
import type {
  CommandKind,
  CommandRecord,
  CommandStore,
  FeedbackBatch,
  FeedbackFor,
  FeedbackRecord,
} from '../../core/ports.ts';
import { FeedbackTable } from './feedback-table.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns, identityOf } from './identity-columns.ts';
import type { CommandRow, HubSchema } from './schema.ts';

type NewCommand = Omit<CommandRecord, 'sequenceNumber' | 'deliveryCount' | 'lockToken' | 'lockedUntil'>;

/**
 * The queues of commands, one an identity.
 *
 *     enqueue ─► waiting ─ lockNext ─► locked ─ takeLocked ─► gone, with feedback
 *                   ▲                    │
 *                   └─ abandon · unlock · the lock runs out
 *     waiting ─ takeExpired · purge ─► gone, with feedback
 */
export class CommandTable implements CommandStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #feedback: FeedbackTable;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
    this.#feedback = new FeedbackTable(writer);
  }

  enqueue(command: NewCommand, depthMax: number): Promise<CommandRecord | undefined> {
    return this.#writer.write(async (db) => {
      if ((await depthOf(db, command.identity)) >= depthMax) return undefined;
      const { insertId } = await db.insertInto('command').values(columnsOf(command)).executeTakeFirstOrThrow();
      assert(insertId !== undefined);
      return { ...command, sequenceNumber: Number(insertId), deliveryCount: 0, lockToken: null, lockedUntil: 0 };
    });
  }

  lockNext(
    identity: DeviceIdentity,
    lockToken: string,
    now: number,
    lockedUntil: number,
    kind: CommandKind,
  ): Promise<CommandRecord | undefined> {
    return this.#writer.write(async (db) => {
      const row = await ofKind(ofIdentity(db, identity), kind)
        .where('expiry_time', '>', now)
        .where((eb) => eb.or([eb('lock_token', 'is', null), eb('locked_until', '<=', now)]))
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const lock = { lock_token: lockToken, locked_until: lockedUntil };
      await db.updateTable('command').set(lock).where('sequence_number', '=', row.sequence_number).execute();
      return commandOf({ ...row, ...lock });
    });
  }

  takeLocked(identity: DeviceIdentity, lockToken: string, feedback: FeedbackFor): Promise<CommandRecord | undefined> {
    return this.#take(feedback, async (db) => {
      const row = await ofIdentity(db, identity).where('lock_token', '=', lockToken).executeTakeFirst();
      return row === undefined ? [] : [row];
    }).then(([command]) => command);
  }

  async abandon(
    identity: DeviceIdentity,
    lockToken: string,
    deliveriesMax: number,
    feedback: FeedbackFor,
  ): Promise<CommandRecord | undefined> {
    const given = await this.#writer.write(async (db) => {
      const row = await ofIdentity(db, identity).where('lock_token', '=', lockToken).executeTakeFirst();
      if (row === undefined) return undefined;
      const changed = { delivery_count: row.delivery_count + 1, lock_token: null, locked_until: 0 };
      const command = commandOf({ ...row, ...changed });
      if (command.deliveryCount >= deliveriesMax) return { command, told: await this.#remove(db, [command], feedback) };
      await db.updateTable('command').set(changed).where('sequence_number', '=', row.sequence_number).execute();
      return { command, told: false };
    });
    if (given?.told) this.#feedback.ring();
    return given?.command;
  }

  async unlock(identity: DeviceIdentity, lockTokens: readonly string[]): Promise<void> {
    const { device_id, module_id } = identityColumns(identity);
    await this.#writer.write((db) =>
      db
        .updateTable('command')
        .set({ lock_token: null, locked_until: 0 })
        .where('device_id', '=', device_id)
        .where('module_id', '=', module_id)
        .where('lock_token', 'in', [...lockTokens])
        .execute(),
    );
  }

  async unlockLapsed(now: number, limit: number): Promise<readonly DeviceIdentity[]> {
    const lapsed = await this.#reader
      .selectFrom('command')
      .select(['sequence_number', 'device_id', 'module_id'])
      .where('lock_token', 'is not', null)
      .where('locked_until', '<=', now)
      .limit(limit)
      .execute();
    if (lapsed.length > 0) {
      await this.#writer.write((db) =>
        db
          .updateTable('command')
          .set({ lock_token: null, locked_until: 0 })
          .where(
            'sequence_number',
            'in',
            lapsed.map((row) => row.sequence_number),
          )
          // Locked anew since we looked: not ours to undo.
          .where('locked_until', '<=', now)
          .execute(),
      );
    }
    await this.#feedback.unlockLapsed(this.#reader, now);
    return lapsed.map(identityOf);
  }

  async takeExpired(now: number, limit: number, feedback: FeedbackFor): Promise<readonly CommandRecord[]> {
    const expired = (db: Kysely<HubSchema>) =>
      db
        .selectFrom('command')
        .selectAll()
        .where('expiry_time', '<=', now)
        .where((eb) => eb.or([eb('lock_token', 'is', null), eb('locked_until', '<=', now)]))
        .orderBy('expiry_time')
        .limit(limit)
        .execute();
    // A look first: the sweeper comes every second, and mostly there is nothing to write.
    if ((await expired(this.#reader)).length === 0) return [];
    return this.#take(feedback, expired);
  }

  purge(identity: DeviceIdentity, feedback: FeedbackFor): Promise<readonly CommandRecord[]> {
    return this.#take(feedback, (db) => ofIdentity(db, identity).execute());
  }

  async list(identity: DeviceIdentity): Promise<readonly CommandRecord[]> {
    const rows = await ofIdentity(this.#reader, identity).execute();
    return rows.map(commandOf);
  }

  depth(identity: DeviceIdentity): Promise<number> {
    return depthOf(this.#reader, identity);
  }

  lockFeedback(lockToken: string, now: number, lockedUntil: number, limit: number): Promise<FeedbackBatch | undefined> {
    return this.#feedback.lock(lockToken, now, lockedUntil, limit);
  }

  completeFeedback(lockToken: string): Promise<boolean> {
    return this.#feedback.complete(lockToken);
  }

  unlockFeedback(lockToken: string, deliveriesMax: number): Promise<boolean> {
    return this.#feedback.unlock(lockToken, deliveriesMax);
  }

  onFeedback(listener: () => void): () => void {
    return this.#feedback.onWaiting(listener);
  }

  /** At start, when one process owns the file: nobody holds anything. */
  async unlockEverything(): Promise<void> {
    await this.#writer.write(async (db) => {
      const free = { lock_token: null, locked_until: 0 };
      await db.updateTable('command').set(free).where('lock_token', 'is not', null).execute();
      await db.updateTable('feedback').set(free).where('lock_token', 'is not', null).execute();
    });
  }

  async #take(
    feedback: FeedbackFor,
    choose: (db: Kysely<HubSchema>) => Promise<readonly CommandRow[]>,
  ): Promise<readonly CommandRecord[]> {
    const { commands, told } = await this.#writer.write(async (db) => {
      const commands = (await choose(db)).map(commandOf);
      return { commands, told: commands.length > 0 && (await this.#remove(db, commands, feedback)) };
    });
    if (told) this.#feedback.ring();
    return commands;
  }

  /** Whether there is feedback to tell. */
  async #remove(db: Kysely<HubSchema>, commands: readonly CommandRecord[], feedback: FeedbackFor): Promise<boolean> {
    const numbers = commands.map((command) => command.sequenceNumber);
    await db.deleteFrom('command').where('sequence_number', 'in', numbers).execute();
    const records = commands.map(feedback).filter((record): record is FeedbackRecord => record !== undefined);
    await this.#feedback.add(db, records);
    return records.length > 0;
  }
}

/** The commands of one identity, oldest first. */
function ofIdentity(db: Kysely<HubSchema>, identity: DeviceIdentity) {
  const { device_id, module_id } = identityColumns(identity);
  return db
    .selectFrom('command')
    .selectAll()
    .where('device_id', '=', device_id)
    .where('module_id', '=', module_id)
    .orderBy('sequence_number');
}

/**
 * By the text of the JSON: inside a value a quote is always escaped, so this text can only be a key. The index has narrowed it
 * down to one identity's queue by then, COMMAND_QUEUE_DEPTH_MAX rows at most.
 */
const HAS_INPUT = '%"inputName":%';

function ofKind(query: ReturnType<typeof ofIdentity>, kind: CommandKind): ReturnType<typeof ofIdentity> {
  if (kind === 'any') return query;
  return query.where('system', kind === 'inputs' ? 'like' : 'not like', HAS_INPUT);
}

async function depthOf(db: Kysely<HubSchema>, identity: DeviceIdentity): Promise<number> {
  const { device_id, module_id } = identityColumns(identity);
  const { found } = await db
    .selectFrom('command')
    .select((eb) => eb.fn.countAll<number>().as('found'))
    .where('device_id', '=', device_id)
    .where('module_id', '=', module_id)
    .executeTakeFirstOrThrow();
  return Number(found);
}

function columnsOf(command: NewCommand) {
  return {
    ...identityColumns(command.identity),
    generation_id: command.generationId,
    body: Buffer.from(command.body.buffer, command.body.byteOffset, command.body.byteLength),
    system: JSON.stringify(command.system),
    application: JSON.stringify(command.application),
    ack: command.ack,
    enqueued_time: command.enqueuedTime,
    expiry_time: command.expiryTime,
    delivery_count: 0,
    lock_token: null,
    locked_until: 0,
  };
}

function commandOf(row: CommandRow): CommandRecord {
  return {
    identity: identityOf(row),
    generationId: row.generation_id,
    sequenceNumber: row.sequence_number,
    body: row.body,
    system: JSON.parse(row.system) as CommandRecord['system'],
    application: JSON.parse(row.application) as CommandRecord['application'],
    ack: row.ack,
    enqueuedTime: row.enqueued_time,
    expiryTime: row.expiry_time,
    deliveryCount: row.delivery_count,
    lockToken: row.lock_token,
    lockedUntil: row.locked_until,
  };
}
