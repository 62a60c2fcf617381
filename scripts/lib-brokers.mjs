import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installFromDebian, mayInstallFromDebian } from './lib-debian.mjs';

/** The brokers that endpoints are tested against: Debian's package, and how it is recognised. */
const BROKERS = [
  ['rabbitmq-server', () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server')],
  ['nats-server', () => existsSync('/usr/sbin/nats-server')],
  ['mosquitto', () => existsSync('/usr/sbin/mosquitto')],
  // librdkafka, which plays a Kafka cluster, comes with it.
  ['python3-confluent-kafka', () => spawnSync('/usr/bin/python3', ['-c', 'import confluent_kafka']).status === 0],
];

/** Resolves with why some are missing, or undefined when all are there. */
export async function findBrokers({ mayInstall }) {
  const missing = missingPackages();
  if (missing.length === 0) return undefined;
  if (!mayInstall || !mayInstallFromDebian())
    return `they are not all installed; "sudo apt-get install ${missing.join(' ')}" provides them on Debian`;
  const problem = await installFromDebian('brokers', missing);
  if (problem !== undefined) return problem;
  const still = missingPackages();
  return still.length === 0 ? undefined : `the packages ${still.join(' ')} brought nothing that is recognised`;
}

function missingPackages() {
  return BROKERS.filter(([, isThere]) => !isThere()).map(([name]) => name);
}
