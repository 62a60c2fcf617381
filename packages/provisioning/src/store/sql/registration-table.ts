import type { GroupWriter, SecretBox } from '@viaduct/hub';
import type { Kysely, Selectable } from 'kysely';
import type { EnrollmentKind, PendingAssignment, RegistrationRecord, RegistrationStore } from '../../core/ports.ts';
import type { HubNames } from './hub-names.ts';
import type { ProvisioningSchema, RegistrationColumns } from './schema.ts';

type Facts = Pick<
  RegistrationRecord,
  | 'substatus'
  | 'touched'
  | 'refusal'
  | 'payload'
  | 'certificate'
  | 'signer'
  | 'issuedCertificateChain'
  | 'tpmAuthenticationKey'
>;

/** Where each device was sent. What a device proved may be a key, so what is pending is sealed. */
export class RegistrationTable implements RegistrationStore {
  readonly #reader: Kysely<ProvisioningSchema>;
  readonly #writer: GroupWriter<ProvisioningSchema>;
  readonly #box: SecretBox;
  readonly #names: HubNames;

  constructor(
    reader: Kysely<ProvisioningSchema>,
    writer: GroupWriter<ProvisioningSchema>,
    box: SecretBox,
    names: HubNames,
  ) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
    this.#names = names;
  }

  async find(registrationId: string): Promise<RegistrationRecord | undefined> {
    const row = await this.#reader
      .selectFrom('registration')
      .selectAll()
      .where('registration_id', '=', registrationId)
      .executeTakeFirst();
    return row && this.#recordOf(row);
  }

  save(record: RegistrationRecord, expectedEtag: string | undefined): Promise<boolean> {
    const row = this.#rowOf(record);
    return this.#writer.write(async (db) => {
      if (expectedEtag === undefined) {
        const insert = db.insertInto('registration').values(row);
        const { numInsertedOrUpdatedRows = 0n } = await insert.onConflict((is) => is.doNothing()).executeTakeFirst();
        return numInsertedOrUpdatedRows > 0n;
      }
      const { numUpdatedRows } = await db
        .updateTable('registration')
        .set(row)
        .where('registration_id', '=', row.registration_id)
        .where('etag', '=', expectedEtag)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  remove(registrationId: string, expectedEtag: string | undefined): Promise<boolean> {
    return this.#writer.write(async (db) => {
      const named = db.deleteFrom('registration').where('registration_id', '=', registrationId);
      const asked = expectedEtag === undefined ? named : named.where('etag', '=', expectedEtag);
      const { numDeletedRows } = await asked.executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async listOf({
    kind,
    enrollmentId,
    after,
    limit,
  }: Parameters<RegistrationStore['listOf']>[0]): Promise<readonly RegistrationRecord[]> {
    const ofEnrollment = this.#reader
      .selectFrom('registration')
      .selectAll()
      .where('enrollment_kind', '=', kind)
      .where('enrollment_id', '=', enrollmentId);
    const page = after === undefined ? ofEnrollment : ofEnrollment.where('registration_id', '>', after);
    const rows = await page.orderBy('registration_id').limit(limit).execute();
    return rows.map((row) => this.#recordOf(row));
  }

  async listAt({
    hubName,
    after = '',
    limit,
  }: Parameters<RegistrationStore['listAt']>[0]): Promise<readonly RegistrationRecord[]> {
    const rows = await this.#reader
      .selectFrom('registration')
      .selectAll()
      .where('hub_name', '=', this.#names.stored(hubName))
      .where('registration_id', '>', after)
      .orderBy('registration_id')
      .limit(limit)
      .execute();
    return rows.map((row) => this.#recordOf(row));
  }

  async countOf(kind: EnrollmentKind, enrollmentId: string): Promise<number> {
    const { count } = await this.#reader
      .selectFrom('registration')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('enrollment_kind', '=', kind)
      .where('enrollment_id', '=', enrollmentId)
      .executeTakeFirstOrThrow();
    return count;
  }

  async count(): Promise<number> {
    const counted = this.#reader.selectFrom('registration').select((eb) => eb.fn.countAll<number>().as('count'));
    return (await counted.executeTakeFirstOrThrow()).count;
  }

  async listPending(): Promise<readonly RegistrationRecord[]> {
    const pending = this.#reader.selectFrom('registration').selectAll().where('status', '=', 'assigning');
    const rows = await pending.orderBy('registration_id').execute();
    return rows.map((row) => this.#recordOf(row));
  }

  #rowOf(record: RegistrationRecord): RegistrationColumns {
    const { substatus, refusal, payload, certificate, signer, issuedCertificateChain, tpmAuthenticationKey } = record;
    const touched = record.touched.map((place) => ({ ...place, hubName: this.#names.stored(place.hubName) }));
    const facts: Facts = {
      ...{ substatus, touched, refusal, payload, certificate, signer, issuedCertificateChain, tpmAuthenticationKey },
    };
    return {
      registration_id: record.registrationId,
      enrollment_kind: record.enrollmentKind,
      enrollment_id: record.enrollmentId,
      status: record.status,
      operation_id: record.operationId,
      pending: record.pending && this.#box.seal(JSON.stringify(record.pending), placeOf(record.registrationId)),
      hub_name: record.hubName && this.#names.stored(record.hubName),
      assigned_hub: record.assignedHub,
      device_id: record.deviceId,
      facts: JSON.stringify(facts),
      created_time: record.createdTime,
      updated_time: record.updatedTime,
      etag: record.etag,
    };
  }

  #recordOf(row: Selectable<RegistrationColumns>): RegistrationRecord {
    const facts = JSON.parse(row.facts) as Facts;
    return {
      ...facts,
      touched: facts.touched.map((place) => ({ ...place, hubName: this.#names.told(place.hubName) })),
      registrationId: row.registration_id,
      enrollmentKind: row.enrollment_kind as EnrollmentKind,
      enrollmentId: row.enrollment_id,
      status: row.status as RegistrationRecord['status'],
      operationId: row.operation_id,
      pending: row.pending && this.#open(row.pending, row.registration_id),
      hubName: row.hub_name && this.#names.told(row.hub_name),
      assignedHub: row.assigned_hub,
      deviceId: row.device_id,
      createdTime: row.created_time,
      updatedTime: row.updated_time,
      etag: row.etag,
    };
  }

  #open(pending: Uint8Array, registrationId: string): PendingAssignment {
    return JSON.parse(this.#box.open(pending, placeOf(registrationId))) as PendingAssignment;
  }
}

function placeOf(registrationId: string): string {
  return `registration ${registrationId.toLowerCase()}`;
}
