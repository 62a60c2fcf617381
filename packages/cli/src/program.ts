import { Command } from 'commander';
import { adminLink } from './commands/admin-link.ts';
import { apiRequest } from './commands/api-request.ts';
import { apiTokenCreate } from './commands/api-token-create.ts';
import { apiTokenList } from './commands/api-token-list.ts';
import { apiTokenRevoke } from './commands/api-token-revoke.ts';
import { ca } from './commands/ca.ts';
import { certificateAdd } from './commands/certificate-add.ts';
import { certificateList } from './commands/certificate-list.ts';
import { certificateRemove } from './commands/certificate-remove.ts';
import { certificateShow } from './commands/certificate-show.ts';
import { certificateVerificationCode } from './commands/certificate-verification-code.ts';
import { certificateVerify } from './commands/certificate-verify.ts';
import { configurationAdd } from './commands/configuration-add.ts';
import { configurationApply } from './commands/configuration-apply.ts';
import { configurationList } from './commands/configuration-list.ts';
import { configurationRemove } from './commands/configuration-remove.ts';
import { configurationShow } from './commands/configuration-show.ts';
import { configurationTest } from './commands/configuration-test.ts';
import { configurationUpdate } from './commands/configuration-update.ts';
import { connectionString } from './commands/connection-string.ts';
import { consumerGroupAdd } from './commands/consumer-group-add.ts';
import { consumerGroupCheckpoints } from './commands/consumer-group-checkpoints.ts';
import { consumerGroupList } from './commands/consumer-group-list.ts';
import { consumerGroupRemove } from './commands/consumer-group-remove.ts';
import { deviceAdd } from './commands/device-add.ts';
import { deviceList } from './commands/device-list.ts';
import { deviceRemove } from './commands/device-remove.ts';
import { deviceRotateKey } from './commands/device-rotate-key.ts';
import { deviceShow } from './commands/device-show.ts';
import { endpointAdd } from './commands/endpoint-add.ts';
import { endpointList } from './commands/endpoint-list.ts';
import { endpointPause, endpointResume } from './commands/endpoint-pause.ts';
import { endpointRemove } from './commands/endpoint-remove.ts';
import { endpointShow } from './commands/endpoint-show.ts';
import { endpointStorageUrl } from './commands/endpoint-storage-url.ts';
import { enrollmentAdd } from './commands/enrollment-add.ts';
import { enrollmentDeriveKey } from './commands/enrollment-derive-key.ts';
import { enrollmentList } from './commands/enrollment-list.ts';
import { enrollmentQuery } from './commands/enrollment-query.ts';
import { enrollmentRegistrations } from './commands/enrollment-registrations.ts';
import { enrollmentRemove } from './commands/enrollment-remove.ts';
import { enrollmentShow } from './commands/enrollment-show.ts';
import { enrollmentDisable, enrollmentEnable } from './commands/enrollment-status.ts';
import { enrollmentUpdate } from './commands/enrollment-update.ts';
import { exportDevices } from './commands/export.ts';
import { fileDelete } from './commands/file-delete.ts';
import { fileGet } from './commands/file-get.ts';
import { fileList } from './commands/file-list.ts';
import { importDevices } from './commands/import.ts';
import { invoke } from './commands/invoke.ts';
import { jobCancel } from './commands/job-cancel.ts';
import { jobContainer } from './commands/job-container.ts';
import { jobList } from './commands/job-list.ts';
import { jobRun } from './commands/job-run.ts';
import { jobShow } from './commands/job-show.ts';
import { monitor } from './commands/monitor.ts';
import { provisionAttempts } from './commands/provision-attempts.ts';
import { provisionDevice } from './commands/provision-device.ts';
import { provisionForget } from './commands/provision-forget.ts';
import {
  provisionHubsAdd,
  provisionHubsList,
  provisionHubsRemove,
  provisionHubsTest,
} from './commands/provision-hubs.ts';
import { provisionPolicyAdd, provisionPolicyList, provisionPolicyRemove } from './commands/provision-policy.ts';
import { provisionSettings } from './commands/provision-settings.ts';
import { provisionStatus } from './commands/provision-status.ts';
import { query } from './commands/query.ts';
import { routeAdd } from './commands/route-add.ts';
import { routeList } from './commands/route-list.ts';
import { routeRemove } from './commands/route-remove.ts';
import { routeTest } from './commands/route-test.ts';
import { send } from './commands/send.ts';
import { serve } from './commands/serve.ts';
import { simulate } from './commands/simulate.ts';
import { templateExport } from './commands/template-export.ts';
import { templateImport } from './commands/template-import.ts';
import { templateList } from './commands/template-list.ts';
import { templateShow } from './commands/template-show.ts';
import { tokenCreate } from './commands/token-create.ts';
import { tokenList } from './commands/token-list.ts';
import { tokenRevoke } from './commands/token-revoke.ts';
import { twinShow } from './commands/twin-show.ts';
import { twinUpdate } from './commands/twin-update.ts';
import type { CliContext } from './context.ts';

const CLI_VERSION = '0.1.0';

/** Every command there is. `docs/operating/cli.md` lists them, and a test compares the two. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('viaduct')
    .description('Viaduct, a self-hosted IoT platform: run it, and work with its devices.')
    .version(CLI_VERSION)
    .addCommand(serve(context))
    .addCommand(
      group('device', 'register, list, show and remove devices, and rotate their keys', [
        deviceAdd(context),
        deviceList(context),
        deviceShow(context),
        deviceRemove(context),
        deviceRotateKey(context),
      ]),
    )
    .addCommand(
      group('enrollment', 'who may come: single devices and groups that find their hub by provisioning', [
        enrollmentAdd(context),
        enrollmentList(context),
        enrollmentShow(context),
        enrollmentUpdate(context),
        enrollmentEnable(context),
        enrollmentDisable(context),
        enrollmentRemove(context),
        enrollmentDeriveKey(context),
        enrollmentRegistrations(context),
        enrollmentQuery(context),
      ]),
    )
    .addCommand(
      group('provision', 'provisioning: try it as a device, see who came, and where devices may be sent', [
        provisionDevice(context),
        provisionAttempts(context),
        provisionStatus(context),
        provisionForget(context),
        group('hubs', 'the hubs that devices may be sent to', [
          provisionHubsList(context),
          provisionHubsAdd(context),
          provisionHubsRemove(context),
          provisionHubsTest(context),
        ]),
        group('policy', 'by which rules certificates are issued to devices', [
          provisionPolicyList(context),
          provisionPolicyAdd(context),
          provisionPolicyRemove(context),
        ]),
        provisionSettings(context),
      ]),
    )
    .addCommand(
      group('certificate', 'certificate authorities that sign the certificates of devices', [
        certificateAdd(context),
        certificateList(context),
        certificateShow(context),
        certificateVerificationCode(context),
        certificateVerify(context),
        certificateRemove(context),
      ]),
    )
    .addCommand(
      group('configuration', 'what many devices are configured with, by a condition', [
        configurationAdd(context),
        configurationList(context),
        configurationShow(context),
        configurationUpdate(context),
        configurationRemove(context),
        configurationTest(context),
        configurationApply(context),
      ]),
    )
    .addCommand(
      group('token', 'access tokens with roles, for back ends that call REST', [
        tokenCreate(context),
        tokenList(context),
        tokenRevoke(context),
      ]),
    )
    .addCommand(
      group('template', 'device templates: the models of devices, by the REST interface of Azure IoT Central', [
        templateList(context),
        templateShow(context),
        templateImport(context),
        templateExport(context),
      ]),
    )
    .addCommand(
      group('api-token', 'API tokens with roles, for programs that call the REST interface of Azure IoT Central', [
        apiTokenCreate(context),
        apiTokenList(context),
        apiTokenRevoke(context),
      ]),
    )
    .addCommand(apiRequest(context))
    .addCommand(group('twin', 'read and change the document of a device', [twinShow(context), twinUpdate(context)]))
    .addCommand(
      group('file', 'list, download and delete what devices uploaded', [
        fileList(context),
        fileGet(context),
        fileDelete(context),
      ]),
    )
    .addCommand(
      group('consumer-group', 'who may read events side by side, each group in its own pace', [
        consumerGroupList(context),
        consumerGroupAdd(context),
        consumerGroupRemove(context),
        consumerGroupCheckpoints(context),
      ]),
    )
    .addCommand(
      group('job', 'change twins or call a method on many devices, now or at a time', [
        jobRun(context),
        jobList(context),
        jobShow(context),
        jobCancel(context),
        jobContainer(context),
      ]),
    )
    .addCommand(importDevices(context))
    .addCommand(exportDevices(context))
    .addCommand(
      group('route', 'where messages go, by conditions on them', [
        routeList(context),
        routeAdd(context),
        routeRemove(context),
        routeTest(context),
      ]),
    )
    .addCommand(
      group('endpoint', 'what messages are delivered to, besides the built-in endpoint', [
        endpointList(context),
        endpointAdd(context),
        endpointShow(context),
        endpointRemove(context),
        endpointPause(context),
        endpointResume(context),
        endpointStorageUrl(context),
      ]),
    )
    .addCommand(query(context))
    .addCommand(connectionString(context))
    .addCommand(monitor(context))
    .addCommand(send(context))
    .addCommand(invoke(context))
    .addCommand(simulate(context))
    .addCommand(ca(context))
    .addCommand(adminLink(context));
  return prepared(program, context);
}

function group(name: string, description: string, commands: readonly Command[]): Command {
  const parent = new Command(name).description(description);
  for (const command of commands) parent.addCommand(command);
  return parent;
}

/** Added commands do not inherit these. Faults of usage are thrown, not exited on, so that one place decides the exit code. */
function prepared(command: Command, context: CliContext): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.streams.out(text),
    writeErr: (text) => context.streams.err(text),
  });
  command.showHelpAfterError('(add --help for the options)');
  for (const child of command.commands) prepared(child, context);
  return command;
}
