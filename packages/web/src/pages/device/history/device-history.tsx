import { Stack } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { identityKey } from '@viaduct/contracts';
import { HistoryNotice } from '../../../charts/history-notice.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { useIdentityScope } from '../device-context.ts';
import { PropertyPast } from './property-past.tsx';
import { TwinHistory } from './twin-history.tsx';

/** What became of the properties of a device or module: of one, if one was chosen, and of all. */
export function DeviceHistory() {
  const { identity } = useIdentityScope();
  const { property, component = null } = useSearch({ strict: false }) as { property?: string; component?: string };
  usePageTitle('History', identityKey(identity));
  return (
    <Stack gap="md">
      <HistoryNotice />
      {property !== undefined && <PropertyPast identity={identity} component={component} name={property} />}
      <TwinHistory identity={identity} />
    </Stack>
  );
}
