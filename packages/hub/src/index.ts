export {
  type AccessTokenInput,
  createAccessToken,
  listAccessTokens,
  revokeAccessToken,
} from './core/access/access-token.ts';
export { type AuthenticatedDevice, authenticateDevice, type DeviceClaim } from './core/access/authenticate-device.ts';
export { type AuthorizedService, authorizeService, type ServiceClaim } from './core/access/authorize-service.ts';
export { type ClientCertificate, requireUnexpired } from './core/access/decide-device-access.ts';
export { describeAccessToken } from './core/access/describe-access-token.ts';
export { signatureMatches, signSas } from './core/access/sas-signature.ts';
export { BookKeeping } from './core/book-keeping.ts';
export { addCertificate, type CertificateInput } from './core/certificate/add-certificate.ts';
export { AuthorityBook } from './core/certificate/authority-book.ts';
export {
  type Authority,
  findCertificatePath,
  findTimeObstacle,
  requireValidNow,
} from './core/certificate/certificate-path.ts';
export { type DerValue, derValues } from './core/certificate/der.ts';
export { getCertificate, listCertificates } from './core/certificate/get-certificate.ts';
export { readCertificate } from './core/certificate/read-certificate.ts';
export { removeCertificate } from './core/certificate/remove-certificate.ts';
export { newVerificationCode, verifyCertificate } from './core/certificate/verify-certificate.ts';
export { weakSignatureOf } from './core/certificate/weak-signature.ts';
export { CommandSweeper, type CommandSweeperOptions } from './core/command/command-sweeper.ts';
export {
  abandonCommand,
  completeCommand,
  lockNextCommand,
  rejectCommand,
} from './core/command/deliver-command.ts';
export { abandonFeedback, completeFeedback, lockFeedbackBatch, onFeedback } from './core/command/deliver-feedback.ts';
export { listCommands, purgeCommands } from './core/command/inspect-commands.ts';
export { newGuid } from './core/command/new-guid.ts';
export { type NewCommand, sendCommand } from './core/command/send-command.ts';
export { applyConfigurationContent } from './core/configuration/apply-content.ts';
export { ConfigurationEngine, type ConfigurationEngineOptions } from './core/configuration/configuration-engine.ts';
export type { ConfigurationInput } from './core/configuration/configuration-input.ts';
export { systemMetricQueries } from './core/configuration/configuration-metric.ts';
export { ConfigurationWork } from './core/configuration/configuration-work.ts';
export { getConfiguration, listConfigurations } from './core/configuration/get-configuration.ts';
export {
  createConfiguration,
  removeConfiguration,
  updateConfiguration,
} from './core/configuration/put-configuration.ts';
export { tryConfiguration } from './core/configuration/test-configuration.ts';
export { ConnectionHistory, type ConnectionHistoryOptions } from './core/connection/connection-history.ts';
export { describeConnection } from './core/connection/describe-connection.ts';
export { listConnections } from './core/connection/list-connections.ts';
export { type AddedConsumerGroup, addConsumerGroup } from './core/consumer/add-consumer-group.ts';
export { type Consumer, ConsumerDirectory } from './core/consumer/consumer-directory.ts';
export { ConsumerGroups, DEFAULT_CONSUMER_GROUP } from './core/consumer/consumer-groups.ts';
export {
  type DescribedConsumerGroup,
  type DescribedReader,
  getConsumerGroup,
  listConsumerGroups,
} from './core/consumer/list-consumer-groups.ts';
export { removeConsumerGroup } from './core/consumer/remove-consumer-group.ts';
export { FaultInjection, type OrderedFault } from './core/fault/fault-injection.ts';
export { faultRefusal, type InjectedFault, readInjectedFault } from './core/fault/injected-fault.ts';
export { beginUpload, type UploadPermission } from './core/file/begin-upload.ts';
export { completeUpload, type UploadResult } from './core/file/complete-upload.ts';
export { deleteFile, listFiles, type OpenFile, openFile, type StoredFile } from './core/file/device-files.ts';
export { type FileStats, fileStats } from './core/file/file-stats.ts';
export { UploadSweeper, type UploadSweeperOptions } from './core/file/upload-sweeper.ts';
export type { BooksRefusals, HoldsSessions, Hub, KnowsAuthorities } from './core/hub.ts';
export { cancelJob } from './core/job/cancel-job.ts';
export { formatJobPosition, getJob, listJobDevices, listJobs, parseJobPosition } from './core/job/get-job.ts';
export { JobRunner, type JobRunnerOptions, type JobStats } from './core/job/job-runner.ts';
export { JobSweeper, type JobSweeperOptions } from './core/job/job-sweeper.ts';
export { describeContainer, signOwnContainer } from './core/job/open-container.ts';
export { scheduleJob } from './core/job/schedule-job.ts';
export { startTransfer } from './core/job/start-transfer.ts';
export { invokeMethod, type MethodRequest, type MethodResponse } from './core/method/invoke-method.ts';
export * from './core/ports.ts';
export { evaluate, type ResolvePath, valueAt } from './core/query/evaluate.ts';
export type * from './core/query/expression.ts';
export { parseCondition, parseDocumentCondition, parseQuery, parseRouteCondition } from './core/query/parse-query.ts';
export { queryFleet } from './core/query/query-fleet.ts';
export { QueryRefusal } from './core/query/query-refusal.ts';
export { queryVocabulary } from './core/query/query-vocabulary.ts';
export { isoTime } from './core/record/append-happening.ts';
export * from './core/record/record.ts';
export { describeRefusal } from './core/refusal/describe-refusal.ts';
export { RefusalBook, type RefusalBookOptions } from './core/refusal/refusal-book.ts';
export { createDevice } from './core/registry/create-device.ts';
export { deleteDevice } from './core/registry/delete-device.ts';
export type { DeviceInput } from './core/registry/device-input.ts';
export { getDevice, getDeviceWithPresence } from './core/registry/get-device.ts';
export { requireMatch } from './core/registry/if-match.ts';
export { countDevices, listDevices } from './core/registry/list-devices.ts';
export { newEtag } from './core/registry/make-entry.ts';
export { PresenceWriter, type PresenceWriterOptions } from './core/registry/presence-writer.ts';
export { rememberModel } from './core/registry/remember-model.ts';
export { type KeyToRotate, rotateKeys } from './core/registry/rotate-keys.ts';
export { updateDevice } from './core/registry/update-device.ts';
export { CertificateRenewals, type RenewCertificate } from './core/renewal/certificate-renewals.ts';
export { type OnFault, RepeatingTask, warnOfFault } from './core/repeating-task.ts';
export { LinkedSignal } from './core/routing/bell.ts';
export type { ReadsEvents } from './core/routing/built-in-view.ts';
export * from './core/routing/endpoint.ts';
export {
  endpointView,
  pauseEndpoint,
  putRouting,
  removeRouting,
  routingView,
  saveRouting,
  setFallbackRoute,
} from './core/routing/manage-routing.ts';
export { openRouting } from './core/routing/open-routing.ts';
export { ROUTING_LIMITS } from './core/routing/read-routing.ts';
export { countMatches, testAllRoutes, testCondition } from './core/routing/test-route.ts';
export type { DeviceSession, MethodAnswer, MethodCall } from './core/session/device-session.ts';
export { type PresenceChange, type PresenceListener, SessionDirectory } from './core/session/session-directory.ts';
export { acceptTelemetry, type TelemetryMessage } from './core/telemetry/accept-telemetry.ts';
export { DailyQuota, type DailyQuotaOptions } from './core/throttle/daily-quota.ts';
export { HubThrottle } from './core/throttle/hub-throttle.ts';
export {
  changeLimits,
  limitsNothing,
  THROTTLE_PROFILES,
  type ThrottleLimits,
  type ThrottleProfile,
} from './core/throttle/throttle-limits.ts';
export { type Rate, TokenBucket } from './core/throttle/token-bucket.ts';
export { getTwin } from './core/twin/get-twin.ts';
export { patchReported } from './core/twin/patch-reported.ts';
export { patchTwin, replaceTwin, type TwinChange } from './core/twin/patch-twin.ts';
export { deviceTwinDocument } from './core/twin/twin-document.ts';
export { requireSectionSize, validatedSection } from './core/twin/validate-section.ts';
export { AMQP_ENDPOINT } from './endpoint/amqp/amqp-endpoint.ts';
export { connectFailure } from './endpoint/connect-failure.ts';
export { openRemoteContainer } from './endpoint/container/remote-container.ts';
export { endpointAdapters } from './endpoint/endpoint-adapters.ts';
export { KAFKA_ENDPOINT } from './endpoint/kafka/kafka-endpoint.ts';
export { MQTT_ENDPOINT } from './endpoint/mqtt/mqtt-endpoint.ts';
export { NATS_ENDPOINT } from './endpoint/nats/nats-endpoint.ts';
export { isLinkLocal, lookupElsewhere } from './endpoint/refuse-link-local.ts';
export { AmqpGateway, type AmqpGatewayOptions } from './gateway/amqp/amqp-gateway.ts';
export type { AmqpGuest, GuestPeer, GuestSocket } from './gateway/amqp/amqp-guest.ts';
export { type AmqpMessage, parseAmqpMessage, Section } from './gateway/amqp/codec/amqp-message.ts';
export type { AmqpWriter } from './gateway/amqp/codec/amqp-writer.ts';
export type {
  AmqpError,
  AttachRequest,
  IncomingDelivery,
  OutgoingLink,
  PayloadWriter,
  SaslExchange,
  SaslStep,
  ServerConnection,
} from './gateway/amqp/engine/engine.ts';
export { attachment } from './gateway/attachment.ts';
export { blobEndpoint } from './gateway/blob/blob-endpoint.ts';
export { clientCertificateOf } from './gateway/client-certificate.ts';
export { hubRest } from './gateway/https/hub-rest.ts';
export {
  continuationIn,
  ifMatchIn,
  jsonObjectIn,
  pageSize,
  setContinuation,
} from './gateway/https/read-request.ts';
export { refuseAddress } from './gateway/https/refuse-address.ts';
export { RestTraffic } from './gateway/https/rest-traffic.ts';
export { rewriteHubUrl } from './gateway/https/rewrite-hub-url.ts';
export { validateLazily } from './gateway/https/validate-lazily.ts';
export { closeSocket } from './gateway/mqtt/close-socket.ts';
export { MqttGateway, type MqttGatewayOptions } from './gateway/mqtt/mqtt-gateway.ts';
export type { MqttGuest, MqttVisitor } from './gateway/mqtt/mqtt-guest.ts';
export {
  decodePacket,
  encodeConnack,
  encodePubacks,
  encodePublish,
  encodeSuback,
  encodeUnsuback,
  PacketType,
  PINGRESP,
} from './gateway/mqtt/packet.ts';
export { readStatic } from './gateway/mqtt/read-static.ts';
export { untilOrLate } from './gateway/until-or-late.ts';
export { FolderBlobStore, type FolderBlobStoreOptions } from './store/folder/folder-blob-store.ts';
export { SecretBox } from './store/secret-box.ts';
export { GroupWriter, type WriteTask } from './store/sql/group-writer.ts';
export { KnownRows } from './store/sql/known-rows.ts';
export { asStoreRefusal, type OpenDatabase, openDatabase } from './store/sqlite/open-database.ts';
export { type HubStore, openSqliteStore, type SqliteStoreOptions } from './store/sqlite/open-sqlite-store.ts';
export { readPolicies } from './store/sqlite/read-policies.ts';
export { startThread } from './store/start-thread.ts';
