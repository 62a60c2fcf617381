import type { Hub, JobRunner } from '@viaduct/hub';
import { counter, gauge, type MetricFamily } from './metrics.ts';

/** How many jobs there are in which state, and how devices fared in them since the start. */
export async function jobMetrics(hub: Hub, runner: Pick<JobRunner, 'stats'>): Promise<MetricFamily[]> {
  const byStatus = await hub.jobs.countByStatus();
  const { running, completedDevices, failedDevices, cancelledDevices } = runner.stats;
  return [
    gauge(
      'viaduct_jobs',
      'Jobs that are remembered, by status.',
      Object.entries(byStatus).map(([status, value]) => ({ labels: { status }, value })),
    ),
    gauge('viaduct_jobs_running', 'Jobs that this process works on.', [{ value: running }]),
    counter('viaduct_job_devices_total', 'Devices that jobs are done with, since the start.', [
      { labels: { outcome: 'completed' }, value: completedDevices },
      { labels: { outcome: 'failed' }, value: failedDevices },
      { labels: { outcome: 'cancelled' }, value: cancelledDevices },
    ]),
  ];
}
