import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './lib-run.mjs';

const CHROMIUM_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
];

/**
 * What tests drive and npm does not bring: what is skipped without it, Debian's packages that bring it, and how each of them is
 * recognised.
 */
const TOOLS = [
  { without: 'the end-to-end tests in a browser', packages: { chromium: () => chromiumPath() !== undefined } },
  {
    without: 'the Python clients',
    packages: {
      'python3-azure': () => pythonHas('azure.eventhub'),
      'python3-azure-storage': () => pythonHas('azure.storage.blob'),
      'python3-uamqp': () => pythonHas('uamqp'),
      'python3-paho-mqtt': () => pythonHas('paho.mqtt'),
      'python3-websocket': () => pythonHas('websocket'),
    },
  },
  { without: "Mosquitto's clients", packages: { 'mosquitto-clients': () => existsSync('/usr/bin/mosquitto_pub') } },
  {
    without: 'endpoints to brokers that are not there',
    packages: {
      'rabbitmq-server': () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server'),
      'nats-server': () => existsSync('/usr/sbin/nats-server'),
      mosquitto: () => existsSync('/usr/sbin/mosquitto'),
      // librdkafka, which plays a Kafka cluster, comes with it.
      'python3-confluent-kafka': () => pythonHas('confluent_kafka'),
    },
  },
  { without: 'devices with a TPM', packages: { swtpm: () => existsSync('/usr/bin/swtpm') } },
];

/** The browser for the end-to-end tests: what VIADUCT_CHROMIUM names, or a usual place; undefined where there is none. */
export function chromiumPath() {
  const given = process.env.VIADUCT_CHROMIUM;
  return (given ? [given] : CHROMIUM_PLACES).find((path) => existsSync(path));
}

/**
 * Installs what is missing, all of it by one run of apt-get, on Debian and as root; nobody else's machine is changed.
 * Resolves with what went wrong, or undefined.
 */
export async function installTools() {
  const packages = TOOLS.flatMap(missingPackages);
  if (packages.length === 0 || !mayInstall()) return undefined;
  console.log(`Installing ${packages.join(', ')} from Debian …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', ...packages],
  ]) {
    const code = await run('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (code !== 0) return `"apt-get ${args[0]}" ended with ${code}`;
  }
  return undefined;
}

/** A line for everything that is skipped for want of a tool, and how to get it. */
export function skippedForWantOfTools() {
  return TOOLS.map((tool) => ({ ...tool, packages: missingPackages(tool) }))
    .filter(({ packages }) => packages.length > 0)
    .map(
      ({ without, packages }) =>
        `Skipped: ${without}; "sudo apt-get install ${packages.join(' ')}" provides what is missing on Debian.`,
    );
}

function missingPackages({ packages }) {
  return Object.entries(packages)
    .filter(([, isThere]) => !isThere())
    .map(([name]) => name);
}

function mayInstall() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

/** Looked up and not imported, which takes two seconds for some. */
function pythonHas(module) {
  const look = `import importlib.util as u; exit(u.find_spec('${module}') is None)`;
  return spawnSync('/usr/bin/python3', ['-c', look]).status === 0;
}
