import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { deviceClient } from '../api/device-client.ts';
import { notify, notifyProblem } from '../ui/notify.ts';

interface MakeCapabilityProps {
  readonly deviceId: string;
  readonly component: string | null;
  readonly name: string;
}

/** Adds what the device says, and its model does not, to its model: with the type that it has. */
export function MakeCapability({ deviceId, component, name }: MakeCapabilityProps) {
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: () => deviceClient.makeCapability(deviceId, { component, name }),
    onSuccess: () => {
      notify(`${name} is part of the model now`);
      void queryClient.invalidateQueries({ queryKey: ['device', deviceId], exact: true });
      void queryClient.invalidateQueries({ queryKey: ['templates'] });
    },
    onError: notifyProblem,
  });
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={make.isPending}
      leftSection={<IconPlus size={14} />}
      onClick={() => make.mutate()}
    >
      Add to model<span className="hidden-visually">: {name}</span>
    </Button>
  );
}
