import type { ErrorCode, ImportView, ViewScope } from '@viaduct/contracts';
import type { Generated } from 'kysely';

/** The tables of the console's own file, as `migrations/` make them. Times are ms since 1970. */
export interface CentralSchema {
  readonly person: {
    readonly user_name: string;
    readonly password_hash: string;
    readonly created_time: number;
    readonly password_changed_time: number;
  };
  readonly console_session: {
    readonly token_hash: Buffer;
    readonly user_name: string;
    readonly created_time: number;
    readonly used_time: number;
    readonly remote_address: string;
  };
  readonly admin_link: {
    readonly token_hash: Buffer;
    readonly created_time: number;
    readonly expires_time: number;
  };
  readonly audit: {
    readonly id: Generated<number>;
    readonly time: number;
    readonly user_name: string | null;
    readonly action: string;
    readonly object: string | null;
    readonly code: string | null;
    readonly remote_address: string;
  };
  readonly exploration: {
    readonly id: string;
    readonly name: string;
    readonly view: string;
    readonly owner: string;
    readonly is_shared: 0 | 1;
    readonly updated_time: number;
  };
  readonly saved_query: {
    readonly id: Generated<number>;
    readonly name: string;
    readonly query: string;
    readonly owner: string;
    readonly is_shared: 0 | 1;
    readonly updated_time: number;
  };
  readonly view_edits: {
    readonly scope: ViewScope;
    readonly owner_id: string;
    readonly edits: string;
    readonly updated_time: number;
  };
  readonly device_template: {
    readonly template_id: string;
    readonly document: string | null;
    readonly draft: string | null;
    readonly etag: string;
    readonly created_time: number;
    readonly updated_time: number;
  };
  readonly device_group: {
    readonly group_id: string;
    readonly display_name: string;
    readonly description: string;
    readonly filter_text: string;
    readonly organization: string | null;
    readonly is_default: 0 | 1;
    readonly etag: string;
    readonly updated_time: number;
  };
  readonly default_group: {
    readonly template_id: string;
    readonly group_id: string;
  };
  readonly command_run: {
    readonly number: Generated<number>;
    readonly run_id: string;
    readonly device_id: string;
    readonly module_id: string;
    readonly component: string;
    readonly name: string;
    readonly request: string | null;
    readonly response: string | null;
    readonly response_code: number | null;
    readonly caller: string;
    readonly time: number;
  };
  readonly device_relationship: {
    readonly relationship_id: string;
    readonly source: string;
    readonly target: string;
  };
  readonly simulation_plan: {
    readonly device_id: string;
    readonly is_running: 0 | 1;
    readonly interval_seconds: number;
  };
  readonly setting: {
    readonly name: string;
    readonly value: string;
  };
  readonly api_token: {
    readonly token_id: string;
    readonly secret_hash: Buffer;
    readonly role: string;
    readonly created_by: string;
    readonly created_time: number;
    readonly expires_time: number;
    readonly used_time: number | null;
  };
  readonly organization: {
    readonly organization_id: string;
    readonly display_name: string;
    readonly parent: string | null;
  };
  readonly dashboard: {
    readonly dashboard_id: string;
    readonly display_name: string;
    readonly content: string;
    readonly is_personal: 0 | 1;
    readonly owner: string;
    readonly etag: string;
    readonly updated_time: number;
  };
  readonly dashboard_favorite: {
    readonly dashboard_id: string;
    readonly caller: string;
  };
  readonly csv_import: {
    readonly number: Generated<number>;
    readonly import_id: string;
    readonly file_name: string;
    readonly defaults: string;
    readonly state: ImportView['state'];
    readonly lines: number | null;
    readonly lines_done: number;
    readonly created: number;
    readonly refused: number;
    readonly step: string | null;
    readonly problem: string | null;
    readonly started_time: number;
    readonly ended_time: number | null;
  };
  readonly csv_import_refusal: {
    readonly import_number: number;
    readonly line: number;
    readonly device_id: string | null;
    readonly code: ErrorCode;
    readonly message: string;
  };
  readonly landing_dashboard: {
    readonly user_name: string;
    readonly dashboard_id: string;
  };
}
