import type { TestContext } from 'vitest';

/**
 * The operations of Azure IoT Hub's data plane, as its API describes them: 43 for back ends, six for devices, and two for
 * an Edge hub. COMPATIBILITY.md has a row for each.
 */
export const OPERATIONS = {
  'bulk_registry.update_registry': 'POST /devices',
  'cloud_to_device_messages.purge_cloud_to_device_message_queue': 'DELETE /devices/{id}/commands',
  'cloud_to_device_messages.receive_feedback_notification': 'GET /messages/serviceBound/feedback',
  'cloud_to_device_messages.complete_feedback_notification': 'DELETE /messages/serviceBound/feedback/{lockToken}',
  'cloud_to_device_messages.abandon_feedback_notification': 'POST /messages/serviceBound/feedback/{lockToken}/abandon',
  'configuration.get': 'GET /configurations/{id}',
  'configuration.create_or_update': 'PUT /configurations/{id}',
  'configuration.delete': 'DELETE /configurations/{id}',
  'configuration.get_configurations': 'GET /configurations',
  'configuration.test_queries': 'POST /configurations/testQueries',
  'configuration.apply_on_edge_device': 'POST /devices/{id}/applyConfigurationContent',
  'devices.get_devices': 'GET /devices',
  'devices.get_identity': 'GET /devices/{id}',
  'devices.create_or_update_identity': 'PUT /devices/{id}',
  'devices.delete_identity': 'DELETE /devices/{id}',
  'devices.get_twin': 'GET /twins/{id}',
  'devices.replace_twin': 'PUT /twins/{id}',
  'devices.update_twin': 'PATCH /twins/{id}',
  'devices.invoke_method': 'POST /twins/{deviceId}/methods',
  'digital_twin.get_digital_twin': 'GET /digitaltwins/{id}',
  'digital_twin.update_digital_twin': 'PATCH /digitaltwins/{id}',
  'digital_twin.invoke_root_level_command': 'POST /digitaltwins/{id}/commands/{commandName}',
  'digital_twin.invoke_component_command': 'POST /digitaltwins/{id}/components/{componentPath}/commands/{commandName}',
  'jobs.create_import_export_job': 'POST /jobs/create',
  'jobs.get_import_export_jobs': 'GET /jobs',
  'jobs.get_import_export_job': 'GET /jobs/{id}',
  'jobs.cancel_import_export_job': 'DELETE /jobs/{id}',
  'jobs.get_scheduled_job': 'GET /jobs/v2/{id}',
  'jobs.create_scheduled_job': 'PUT /jobs/v2/{id}',
  'jobs.cancel_scheduled_job': 'POST /jobs/v2/{id}/cancel',
  'jobs.query_scheduled_jobs': 'GET /jobs/v2/query',
  'modules.get_twin': 'GET /twins/{id}/modules/{mid}',
  'modules.replace_twin': 'PUT /twins/{id}/modules/{mid}',
  'modules.update_twin': 'PATCH /twins/{id}/modules/{mid}',
  'modules.get_modules_on_device': 'GET /devices/{id}/modules',
  'modules.get_identity': 'GET /devices/{id}/modules/{mid}',
  'modules.create_or_update_identity': 'PUT /devices/{id}/modules/{mid}',
  'modules.delete_identity': 'DELETE /devices/{id}/modules/{mid}',
  'modules.invoke_method': 'POST /twins/{deviceId}/modules/{moduleId}/methods',
  'query.get_twins': 'POST /devices/query',
  'service.bulk_regenerate_device_key_method': 'POST /devices/keys/regenerate',
  'statistics.get_device_statistics': 'GET /statistics/devices',
  'statistics.get_service_statistics': 'GET /statistics/service',
  'device.get_devices_and_modules_in_scope':
    'GET /devices/{deviceId}/modules/{moduleId}/devicesAndModulesInDeviceScope',
  'device.get_device_and_module_in_scope': 'GET /devices/{deviceId}/modules/{moduleId}/deviceAndModuleInDeviceScope',
  'device.send_device_event': 'POST /devices/{id}/messages/events',
  'device.receive_device_bound_notification': 'GET /devices/{id}/messages/deviceBound',
  'device.abandon_device_bound_notification': 'POST /devices/{id}/messages/deviceBound/{etag}/abandon',
  'device.create_file_upload_sas_uri': 'POST /devices/{deviceId}/files',
  'device.update_file_upload_status': 'POST /devices/{deviceId}/files/notifications',
  'device.complete_device_bound_notification': 'DELETE /devices/{id}/messages/deviceBound/{etag}',
} as const;

/** The 15 operations of Azure's provisioning service, for back ends. COMPATIBILITY.md has a table of them too. */
export const PROVISIONING_OPERATIONS = {
  'individual_enrollment.create_or_update': 'PUT /enrollments/{id}',
  'individual_enrollment.get': 'GET /enrollments/{id}',
  'individual_enrollment.delete': 'DELETE /enrollments/{id}',
  'individual_enrollment.run_bulk_operation': 'POST /enrollments',
  'individual_enrollment.query': 'POST /enrollments/query',
  'individual_enrollment.get_attestation_mechanism': 'POST /enrollments/{id}/attestationmechanism',
  'enrollment_group.create_or_update': 'PUT /enrollmentGroups/{id}',
  'enrollment_group.get': 'GET /enrollmentGroups/{id}',
  'enrollment_group.delete': 'DELETE /enrollmentGroups/{id}',
  'enrollment_group.run_bulk_operation': 'POST /enrollmentGroups',
  'enrollment_group.query': 'POST /enrollmentGroups/query',
  'enrollment_group.get_attestation_mechanism': 'POST /enrollmentGroups/{id}/attestationmechanism',
  'device_registration_state.get': 'GET /registrations/{id}',
  'device_registration_state.delete': 'DELETE /registrations/{id}',
  'device_registration_state.query': 'POST /registrations/{id}/query',
} as const;
/** Those of central are named as its OpenAPI document names them: `Devices_Get`. */
type CentralOperation = `${string}_${string}`;
export type Operation = keyof typeof OPERATIONS | keyof typeof PROVISIONING_OPERATIONS | CentralOperation;

declare module 'vitest' {
  interface TaskMeta {
    /** What the test proves when it passes, for the table of operations in COMPATIBILITY.md. */
    operations?: readonly Operation[];
    /** By which client, where the suite is not named after it. */
    provedWith?: string;
  }
}

/**
 * Says which operations a test proves. The proof is named after the client of its suite, or counts as raw requests where the
 * suite is not one of a client. For `tests/contract/*-sdk.test.ts`, `tests/contract/rest-*.test.ts` and `tests/contract/central-*.test.ts`; in the last, `callCentral` does it:
 *
 *     it('reads a twin', async ({ task }) => {
 *       proves(task, 'devices.get_twin');
 */
export function proves(task: TestContext['task'], ...operations: readonly Operation[]): void {
  task.meta.operations = [...(task.meta.operations ?? []), ...operations];
}

/** The same for a suite that uses a client and is not named after it. */
export function provesWith(client: string, task: TestContext['task'], ...operations: readonly Operation[]): void {
  task.meta.provedWith = client;
  proves(task, ...operations);
}
