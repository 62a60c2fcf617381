import { Modal, Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { groupsClient, groupsQuery } from '../../api/groups-client.ts';
import { conditionIn, quoted, whereText } from '../../device-filter/filter-form.ts';
import { devicesText } from '../../ui/devices-text.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { notify } from '../../ui/notify.ts';

interface AddToGroupDialogProps {
  readonly opened: boolean;
  readonly deviceIds: readonly string[];
  readonly onClose: () => void;
}

/** Puts devices into a group by their ids, whatever else its filter says. */
export function AddToGroupDialog({ opened, deviceIds, onClose }: AddToGroupDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add to a group" closeButtonProps={{ 'aria-label': 'Close' }}>
      <AddToGroupForm deviceIds={deviceIds} onClose={onClose} />
    </Modal>
  );
}

function AddToGroupForm({ deviceIds, onClose }: Omit<AddToGroupDialogProps, 'opened'>) {
  const [groupId, setGroupId] = useState<string | null>(null);
  const [name, setName] = useState('');
  const groups = useQuery(groupsQuery);
  const own = (groups.data ?? []).filter(({ isDefault }) => !isDefault);
  const queryClient = useQueryClient();
  const add = useMutation({
    mutationFn: () => {
      const group = own.find((one) => one.groupId === groupId);
      const ids = `$id IN [${deviceIds.map(quoted).join(', ')}]`;
      if (group === undefined) return groupsClient.create({ displayName: name.trim(), filter: whereText(ids) });
      const { displayName, description, organization, etag } = group;
      const filter = whereText(`(${conditionIn(group.filter)}) OR ${ids}`);
      return groupsClient.change(group.groupId, { displayName, description, organization, etag, filter });
    },
    onSuccess: async ({ displayName }) => {
      await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });
      notify(`${devicesText(deviceIds.length)} added to ${displayName}`);
      onClose();
    },
  });
  const isTooMany = deviceIds.length > IDS_MAX;
  const isReady = !isTooMany && (groupId !== null || name.trim() !== '');
  return (
    <DialogForm action="Add" isReady={isReady} sending={add} onSend={() => add.mutate()} onClose={onClose}>
      <Text size="sm">
        {isTooMany
          ? `At most ${IDS_MAX.toLocaleString('en')} devices are named one by one: a filter says it shorter.`
          : `${devicesText(deviceIds.length)} will be in the group by id, whatever becomes of them.`}
      </Text>
      <Select
        label="Group"
        placeholder="A new one"
        clearable
        data={own.map((group) => ({ value: group.groupId, label: group.displayName }))}
        value={groupId}
        onChange={setGroupId}
      />
      {groupId === null && (
        <TextInput
          label="Name of the new group"
          maxLength={LIMITS.CENTRAL_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
    </DialogForm>
  );
}

/** What a filter written by hand can still be read with. */
const IDS_MAX = 1_000;
