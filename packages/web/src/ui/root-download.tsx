import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { CONSOLE_API } from '@viaduct/contracts';

/** The root that devices must trust, by the name that programs read it by. */
export function RootDownload() {
  return (
    <Button
      component="a"
      href={`${CONSOLE_API}/ca.pem`}
      download="viaduct-ca.pem"
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} />}
    >
      Download viaduct-ca.pem
    </Button>
  );
}
