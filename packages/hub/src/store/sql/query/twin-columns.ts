import { sql } from 'kysely';
import type { Path } from '../../../core/query/expression.ts';
import type { TwinField } from '../../../core/query/twin-fields.ts';
import type { QueryDialect, Sql, SqlValue } from './sql-value.ts';

/** Tables beside `twin as t` that a field is read from: `identity as i`, `presence as p`. */
export type JoinedTable = 'identity' | 'presence';

const UNDEFINED: SqlValue = { type: 'undefined' };
export const COMMANDS_WAITING: Sql<number> = sql`(
  select count(*) from command as c where c.device_id = t.device_id and c.module_id = t.module_id
)`;
const CONFIGURATIONS_OF_TWIN = sql`
  from configuration_device as c where c.device_id = t.device_id and c.module_id = t.module_id`;

/** `{"id": {"status": "Applied"}}` of each row `t`. */
export function configurationsOf(dialect: QueryDialect): Sql {
  const status = dialect.jsonObject({ status: { value: sql`c.status` } });
  return sql`(select ${dialect.jsonOfRows(sql`c.configuration_id`, status)} ${CONFIGURATIONS_OF_TWIN})`;
}

/**
 * The fields of a twin's document in SQL, as `serviceTwinDocument` writes them; it notes which tables they came from, so that a query
 * joins no other.
 */
export class TwinColumns {
  readonly #dialect: QueryDialect;
  readonly joined = new Set<JoinedTable>();
  /** Whether anything was read from the JSON of the twin itself. */
  readsTwin = false;

  constructor(dialect: QueryDialect) {
    this.#dialect = dialect;
  }

  value({ steps: [field, ...steps] }: Path): SqlValue {
    if (field === 'properties') return this.#properties(steps);
    if (field === 'configurations') return this.#configurations(steps);
    const value = this.#field(field as PlainField, steps);
    // What is no object has nothing inside.
    return value.type !== 'json' && steps.length > 0 ? UNDEFINED : value;
  }

  #field(field: PlainField, steps: readonly (string | number)[]): SqlValue {
    switch (field) {
      case 'deviceId':
        return { type: 'text', sql: sql`t.device_id` };
      case 'moduleId':
        return { type: 'text', sql: sql`nullif(t.module_id, '')` };
      case 'etag':
        return { type: 'text', sql: sql`t.etag` };
      case 'version':
        return { type: 'number', sql: sql`t.version` };
      case 'tags':
        return this.#twinJson(sql`t.tags`, steps);
      case 'connectionState':
        return this.#of('presence', 'text', sql`(case p.connected when 1 then 'Connected' else 'Disconnected' end)`);
      case 'lastActivityTime':
        return this.#of('presence', 'text', this.#dialect.isoTime(sql`coalesce(p.last_activity_time, 0)`));
      case 'cloudToDeviceMessageCount':
        return { type: 'number', sql: COMMANDS_WAITING };
      default:
        return this.#registered(field, steps);
    }
  }

  #registered(field: RegisteredField, steps: readonly (string | number)[]): SqlValue {
    const text = (column: Sql) => this.#of('identity', 'text', column);
    switch (field) {
      case 'deviceEtag':
        return text(sql`i.etag`);
      case 'status':
        return text(sql`i.status`);
      case 'statusReason':
        return text(sql`i.status_reason`);
      case 'statusUpdateTime':
        return text(this.#dialect.isoTime(sql`i.status_updated_time`));
      case 'authenticationType':
        return text(sql`i.authentication_type`);
      case 'modelId':
        return text(sql`coalesce(i.model_id, '')`);
      case 'deviceScope':
        return text(sql`i.device_scope`);
      case 'x509Thumbprint': {
        const members = {
          primaryThumbprint: { value: sql`i.primary_thumbprint` },
          secondaryThumbprint: { value: sql`i.secondary_thumbprint` },
        };
        return this.#identityJson(this.#dialect.jsonObject(members), steps);
      }
      case 'capabilities': {
        const iotEdge = { json: sql`case i.iot_edge when 1 then 'true' else 'false' end` };
        const object = this.#dialect.jsonObject({ iotEdge });
        return this.#identityJson(sql`(case i.module_id when '' then ${object} end)`, steps);
      }
      case 'parentScopes':
        return this.#identityJson(sql`nullif(i.parent_scopes, '[]')`, steps);
      default:
        return field satisfies never;
    }
  }

  /** What is asked for most, the status of one, is found by its key. */
  #configurations(steps: readonly (string | number)[]): SqlValue {
    const [id, member, ...rest] = steps;
    if (typeof id !== 'string' || member !== 'status') {
      return this.#twinJson(sql`nullif(${configurationsOf(this.#dialect)}, '{}')`, steps);
    }
    if (rest.length > 0) return UNDEFINED;
    this.readsTwin = true;
    return { type: 'text', sql: sql`(select c.status ${CONFIGURATIONS_OF_TWIN} and c.configuration_id = ${id})` };
  }

  #properties([section, first, ...rest]: readonly (string | number)[]): SqlValue {
    if (section === undefined) {
      const members = { desired: { json: this.#section('desired') }, reported: { json: this.#section('reported') } };
      return this.#twinJson(this.#dialect.jsonObject(members), []);
    }
    if (section !== 'desired' && section !== 'reported') return UNDEFINED;
    if (first === undefined) return this.#twinJson(this.#section(section), []);
    if (first === '$version') {
      return rest.length > 0 ? UNDEFINED : { type: 'number', sql: sql`t.${sql.ref(`${section}_version`)}` };
    }
    if (first === '$metadata') return this.#twinJson(sql`t.${sql.ref(`${section}_metadata`)}`, rest);
    return this.#twinJson(sql`t.${sql.ref(section)}`, [first, ...rest]);
  }

  #section(section: 'desired' | 'reported'): Sql {
    return this.#dialect.jsonWith(sql`t.${sql.ref(section)}`, {
      $metadata: { json: sql`t.${sql.ref(`${section}_metadata`)}` },
      $version: { value: sql`t.${sql.ref(`${section}_version`)}` },
    });
  }

  #twinJson(document: Sql, steps: readonly (string | number)[]): SqlValue {
    this.readsTwin = true;
    return { type: 'json', document, steps };
  }

  #identityJson(document: Sql, steps: readonly (string | number)[]): SqlValue {
    this.joined.add('identity');
    return { type: 'json', document, steps };
  }

  #of(table: JoinedTable, type: 'text' | 'number', column: Sql): SqlValue {
    this.joined.add(table);
    return { type, sql: column };
  }
}

type PlainField = Exclude<TwinField, 'properties' | 'configurations'>;

type RegisteredField = Exclude<
  PlainField,
  | 'deviceId'
  | 'moduleId'
  | 'etag'
  | 'version'
  | 'tags'
  | 'connectionState'
  | 'lastActivityTime'
  | 'cloudToDeviceMessageCount'
>;
