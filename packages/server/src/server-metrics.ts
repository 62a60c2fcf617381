import type { Server } from 'node:net';
import type { Central } from '@viaduct/central';
import type { AmqpGateway, Hub, JobRunner, MqttGateway, RestTraffic, SessionTransport } from '@viaduct/hub';
import type { FileEventLog } from '@viaduct/log';
import { configurationMetrics } from './configuration-metrics.ts';
import { consumerMetrics } from './consumer-metrics.ts';
import { historyMetrics } from './history-metrics.ts';
import { jobMetrics } from './job-metrics.ts';
import {
  counter,
  formatMetrics,
  gauge,
  type MetricFamily,
  type MetricSample,
  ProcessMetrics,
  RefusalCounter,
} from './metrics.ts';
import type { OpenProvisioning } from './open-provisioning.ts';
import { ProvisioningMetrics } from './provisioning-metrics.ts';
import { queryMetrics } from './query-metrics.ts';
import { routingMetrics } from './routing-metrics.ts';
import { throttleMetrics } from './throttle-metrics.ts';

export interface MetricSources {
  readonly hub: Hub;
  readonly central: Pick<Central, 'history'>;
  readonly log: FileEventLog;
  readonly mqtt: Pick<MqttGateway, 'stats'>;
  readonly amqp: Pick<AmqpGateway, 'stats'>;
  readonly rest: Pick<RestTraffic, 'requests' | 'acceptedMessages'>;
  readonly jobs: Pick<JobRunner, 'stats'>;
  readonly provisioning: Pick<OpenProvisioning, 'provisioning' | 'worker'>;
  readonly servers: Readonly<Record<string, Server>>;
}

/** Everything `/metrics` says. Counts refusals from the moment it is made. */
export class ServerMetrics {
  readonly #sources: MetricSources;
  readonly #process = new ProcessMetrics();
  readonly #refusals = new RefusalCounter();
  readonly #provisioning: ProvisioningMetrics;
  readonly #stopCounting: () => void;

  constructor(sources: MetricSources) {
    this.#sources = sources;
    this.#provisioning = new ProvisioningMetrics(sources.provisioning.provisioning, sources.provisioning.worker);
    this.#stopCounting = sources.hub.refusals.onRefusal(({ code }) => this.#refusals.count(code));
  }

  async text(): Promise<string> {
    return formatMetrics([
      ...(await this.#connections()),
      ...this.#logFamilies(),
      ...(await jobMetrics(this.#sources.hub, this.#sources.jobs)),
      ...(await this.#provisioning.families()),
      ...throttleMetrics(this.#sources.hub.throttle),
      ...(await configurationMetrics(this.#sources.hub)),
      ...queryMetrics(this.#sources.hub),
      ...historyMetrics(this.#sources.central),
      ...this.#process.families(),
    ]);
  }

  close(): void {
    this.#stopCounting();
    this.#provisioning.close();
    this.#process.close();
  }

  async #connections(): Promise<MetricFamily[]> {
    const { hub, servers, mqtt, amqp, rest } = this.#sources;
    const accepted = {
      mqtt: mqtt.stats.acceptedMessages,
      amqp: amqp.stats.acceptedMessages,
      https: rest.acceptedMessages,
    };
    const open = Object.entries(servers).map(async ([listener, server]) => ({
      labels: { listener },
      value: await connectionCount(server),
    }));
    return [
      gauge('viaduct_connections', 'Open sockets by listener.', await Promise.all(open)),
      gauge('viaduct_sessions', 'Connected devices and modules.', [{ value: hub.sessions.size }]),
      gauge('viaduct_sessions_by_transport', 'Connected devices and modules by transport.', sessionsByTransport(hub)),
      gauge('viaduct_uploads_active', 'File uploads that began and have not ended.', [
        { value: await hub.uploads.countActive(hub.clock.now()) },
      ]),
      counter(
        'viaduct_messages_accepted_total',
        'Telemetry acknowledged since the start; WebSockets count with their protocol.',
        Object.entries(accepted).map(([transport, value]) => ({ labels: { transport }, value })),
      ),
      ...consumerMetrics(hub),
      ...routingMetrics(hub),
      gauge('viaduct_amqp_links', 'AMQP links that are attached, of devices and back ends.', [
        { value: amqp.stats.links },
      ]),
      counter(
        'viaduct_https_requests_total',
        'Requests to the REST API since the start: telemetry, command and file are those of devices.',
        [...rest.requests].map(({ kind, status, count }) => ({ labels: { kind, status }, value: count })),
      ),
      counter(
        'viaduct_refusals_total',
        'What clients were refused since the start, by error code.',
        this.#refusals.samples,
      ),
    ];
  }

  #logFamilies(): MetricFamily[] {
    const { log } = this.#sources;
    const stats = log.stats();
    return [
      counter('viaduct_log_commits_total', 'Commits made durable since the start.', [{ value: stats.commits }]),
      counter('viaduct_log_failed_commits_total', 'Commits that failed since the start.', [
        { value: stats.failedCommits },
      ]),
      counter('viaduct_log_bytes_total', 'Bytes written to the log since the start.', [{ value: stats.bytes }]),
      gauge('viaduct_log_waiting_bytes', 'Bytes that wait for the disk.', [{ value: stats.waitingBytes }]),
      gauge('viaduct_log_commit_p99_seconds', 'From sealing a commit to durable, p99 of the last 512.', [
        { value: stats.commitMsP99 / 1_000 },
      ]),
      gauge('viaduct_log_available', '1 when the log accepts appends.', [
        { value: log.state().kind === 'available' ? 1 : 0 },
      ]),
      counter('viaduct_log_records_total', 'Next offset of each partition.', nextOffsets(log)),
    ];
  }
}

/** Counted when somebody asks: a scrape walks the sessions, a connecting device counts nothing. */
function sessionsByTransport({ sessions }: Hub): MetricSample[] {
  const counts = new Map<SessionTransport, number>();
  for (const { transport } of sessions) counts.set(transport, (counts.get(transport) ?? 0) + 1);
  return [...counts].map(([transport, value]) => ({ labels: { transport }, value }));
}

function nextOffsets(log: FileEventLog): MetricSample[] {
  return Array.from({ length: log.partitionCount }, (_, partition) => ({
    labels: { partition: String(partition) },
    value: log.bounds(partition).next,
  }));
}

function connectionCount(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
