import { Stack } from '@mantine/core';
import { HistoryNotice } from '../../charts/history-notice.tsx';
import { FleetCounts } from './fleet-counts.tsx';
import { FleetMap } from './fleet-map.tsx';
import { ModelCards } from './model-cards.tsx';
import { NewestDevices } from './newest-devices.tsx';
import classes from './overview.module.css';
import { RecentAttempts } from './recent-attempts.tsx';

/** The whole fleet, made from what there is: nobody has to build a dashboard to see it. */
export function FleetSection() {
  return (
    <Stack gap="lg">
      <HistoryNotice />
      <FleetCounts />
      <ModelCards />
      <div className={classes.columns}>
        <FleetMap />
        <NewestDevices />
        <RecentAttempts />
      </div>
    </Stack>
  );
}
