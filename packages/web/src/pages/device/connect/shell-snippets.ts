import { shell } from './quote.ts';
import type { Snippet, SnippetFacts } from './snippets.ts';

/** One line, nothing to install, and no file beside it: the server's root certificate is in it. */
export function oneLine({ deviceId, connection, sas }: SnippetFacts): Snippet {
  const { hostName, ports, caPem } = connection;
  const port = ports.https === 443 ? '' : `:${ports.https}`;
  const url = `https://${hostName}${port}/devices/${encodeURIComponent(deviceId)}/messages/events?api-version=2021-04-12`;
  const root = shell(caPem.trim().replaceAll('\n', '\\n'));
  const options = [
    '-fsS',
    '--cacert "$ca"',
    `-H ${shell(`Authorization: ${sas}`)}`,
    "-H 'iothub-contenttype: application/json'",
    "-H 'iothub-contentencoding: utf-8'",
    '-d "{\\"temperature\\": $((20 + RANDOM % 6))}"',
    shell(url),
  ];
  return {
    id: 'shell',
    title: 'One line',
    before: '# In any shell with curl: a message a second until Ctrl-C. The token in it is valid for 24 hours.',
    text: `ca=$(mktemp); printf '%b\\n' ${root} > "$ca"; while curl ${options.join(' ')}; do sleep 1; done\n`,
  };
}

export function mqtt({ deviceId, connection, sas }: SnippetFacts): Snippet {
  const { hostName, ports } = connection;
  const topic = `devices/${deviceId}/messages/events/$.ct=application%2Fjson&$.ce=utf-8`;
  return {
    id: 'mqtt',
    title: 'Any MQTT client',
    before: 'apt install mosquitto-clients   # or any MQTT 3.1.1 client; the token below is valid for 24 hours',
    text: `mosquitto_pub -V mqttv311 -q 1 \\
  -h ${shell(hostName)} -p ${ports.mqtt} --cafile viaduct-ca.pem \\
  -i ${shell(deviceId)} \\
  -u ${shell(`${hostName}/${deviceId}/?api-version=2021-04-12`)} \\
  -P ${shell(sas)} \\
  -t ${shell(topic)} \\
  -m '{"temperature": 21.5}'
`,
  };
}
