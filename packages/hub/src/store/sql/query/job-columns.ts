import { sql } from 'kysely';
import type { Path } from '../../../core/query/expression.ts';
import type { JobField } from '../../../core/query/twin-fields.ts';
import type { QueryDialect, Sql, SqlValue } from './sql-value.ts';

/** How a job went on a device, in SQL: of `job_device as d` and its `job as j`. */
export class JobColumns {
  readonly #dialect: QueryDialect;

  constructor(dialect: QueryDialect) {
    this.#dialect = dialect;
  }

  value({ steps: [field, ...steps] }: Path): SqlValue {
    const value = this.#field(field as JobField, steps);
    // What is no object has nothing inside.
    return value.type !== 'json' && steps.length > 0 ? { type: 'undefined' } : value;
  }

  #field(field: JobField, steps: readonly (string | number)[]): SqlValue {
    switch (field) {
      case 'deviceId':
        return text(sql`d.device_id`);
      case 'moduleId':
        return text(sql`nullif(d.module_id, '')`);
      case 'jobId':
        return text(sql`d.job_id`);
      case 'jobType':
        return text(sql`j.type`);
      case 'status':
        return text(sql`d.status`);
      case 'startTimeUtc':
        return text(this.#time(sql`d.started_time`));
      case 'endTimeUtc':
        return text(this.#time(sql`d.ended_time`));
      case 'createdDateTimeUtc':
        return text(this.#time(sql`d.created_time`));
      case 'lastUpdatedDateTimeUtc':
        return text(this.#time(sql`coalesce(d.ended_time, d.started_time, d.created_time)`));
      case 'outcome':
        return json(
          this.#ifThere(sql`d.response`, this.#dialect.jsonObject({ deviceMethodResponse: { json: sql`d.response` } })),
          steps,
        );
      case 'error': {
        const members = { code: { value: sql`d.error_code` }, description: { value: sql`d.error_message` } };
        return json(this.#ifThere(sql`d.error_code`, this.#dialect.jsonObject(members)), steps);
      }
      default:
        return field satisfies never;
    }
  }

  #time(time: Sql): Sql {
    return this.#ifThere(time, this.#dialect.isoTime(time));
  }

  #ifThere(what: Sql, then: Sql): Sql {
    return sql`(case when ${what} is not null then ${then} end)`;
  }
}

function text(column: Sql): SqlValue {
  return { type: 'text', sql: column };
}

function json(document: Sql, steps: readonly (string | number)[]): SqlValue {
  return { type: 'json', document, steps };
}
