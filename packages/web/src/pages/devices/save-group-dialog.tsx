import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LIMITS } from '@viaduct/contracts';
import { groupsClient, groupsQuery } from '../../api/groups-client.ts';
import { NameDialog } from '../../ui/name-dialog.tsx';
import { TextBlock } from '../../ui/text-block.tsx';

interface SaveGroupDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Which devices: what the table shows now. */
  readonly filter: string;
}

/** Gives a filter a name; from then on it is a group, for charts, dashboards, jobs and queries. */
export function SaveGroupDialog({ opened, onClose, filter }: SaveGroupDialogProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <NameDialog
      opened={opened}
      onClose={onClose}
      title="Save as a group"
      nameCharactersMax={LIMITS.CENTRAL_NAME_CHARACTERS_MAX}
      save={{
        mutationFn: ({ name }) => groupsClient.create({ displayName: name, filter }),
        onSuccess: async ({ groupId }) => {
          await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });
          await navigate({ to: '/groups/$groupId', params: { groupId } });
        },
      }}
    >
      <TextBlock text={filter} label="Filter to save" />
    </NameDialog>
  );
}
