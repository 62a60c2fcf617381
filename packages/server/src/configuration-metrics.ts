import type { Hub } from '@viaduct/hub';
import { counter, gauge, type MetricFamily } from './metrics.ts';

/** How automatic device management gets on. */
export async function configurationMetrics({
  configurations,
  configurationStates,
  configurationWork,
}: Pick<Hub, 'configurations' | 'configurationStates' | 'configurationWork'>): Promise<MetricFamily[]> {
  const records = await configurations.list();
  const counts = await configurationStates.counts();
  const samples = [...counts].flatMap(([configuration, { targeted, applied, failed }]) =>
    Object.entries({ targeted, applied, failed }).map(([state, value]) => ({
      labels: { configuration, state },
      value,
    })),
  );
  return [
    gauge('viaduct_configurations', 'Configurations for automatic device management.', [
      { value: records.filter(({ isDeleted }) => !isDeleted).length },
    ]),
    gauge('viaduct_configurations_pending', 'Configurations whose last change has not come to all devices yet.', [
      { value: records.filter(({ revision, settledRevision }) => revision !== settledRevision).length },
    ]),
    gauge('viaduct_configuration_devices', 'Devices or modules by configuration and how it fares there.', samples),
    counter('viaduct_configuration_looked_at_total', 'Devices and modules whose configurations were looked at.', [
      { value: configurationWork.lookedAt },
    ]),
    counter('viaduct_configuration_twins_written_total', 'Twins that configurations changed.', [
      { value: configurationWork.writtenTwins },
    ]),
    counter('viaduct_configuration_failed_steps_total', 'Steps that failed for the moment and were tried again.', [
      { value: configurationWork.failedSteps },
    ]),
  ];
}
