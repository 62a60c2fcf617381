export { deriveDeviceKey } from './derive-device-key.ts';
export { deviceClient } from './device-client.ts';
export { default as makeTestCa } from './global-setup.ts';
export { type CertificateRequest, type IssuedCertificate, issueCertificate } from './issue-certificate.ts';
export { nextLoopbackAddress } from './loopback-address.ts';
export { lowPorts } from './low-ports.ts';
export { type CsrInput, makeCertificateRequest, type TestCsr } from './make-certificate-request.ts';
export { hasKafka, KafkaPeer, type KafkaRecord } from './peer/kafka-peer.ts';
export { hasMosquitto, type MosquittoPeerOptions, startMosquitto } from './peer/mosquitto-peer.ts';
export { MosquittoReader } from './peer/mosquitto-reader.ts';
export { hasNats, type NatsPeerOptions, startNats } from './peer/nats-peer.ts';
export { countNatsStream, createNatsStream } from './peer/nats-stream.ts';
export { makePeerAuthority, type PeerAuthority, sharedPeerAuthority } from './peer/peer-authority.ts';
export { hasRabbitMq, type RabbitMqPeerOptions, startRabbitMq } from './peer/rabbitmq-peer.ts';
export { RawNats } from './peer/raw-nats.ts';
export { readAmqpQueue } from './peer/read-amqp-queue.ts';
export { S3_PEER_KEY, type S3Peer, startS3 } from './peer/s3-peer.ts';
export { hasSwtpm, type SwtpmPeer, startSwtpm } from './peer/swtpm-peer.ts';
export type { CertifiesPeer, PeerCertificate, TestPeer } from './peer/test-peer.ts';
export { deviceToken, type RawConnect, RawMqtt } from './raw-mqtt.ts';
export {
  askForOperation,
  askToRegister,
  type RegisteringDevice,
  type RegistrationAnswer,
  registrationToken,
} from './raw-registration.ts';
export { type DocumentedCall, readRestDocument } from './rest-document.ts';
export { type SpawnedServer, type SpawnOptions, spawnTestServer } from './spawn-test-server.ts';
export { startTestServer, type TestServer, type TestServerOptions } from './start-test-server.ts';
export { StillClock } from './still-clock.ts';
export { shareTestCa, TEST_CA_DIRECTORY } from './test-ca.ts';
export type { TestDevice } from './test-devices.ts';
export { type UntilOptions, until } from './until.ts';
