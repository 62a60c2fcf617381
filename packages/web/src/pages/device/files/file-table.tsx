import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DeviceFile } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { consoleClient, fileUrl } from '../../../api/console-client.ts';
import { filesQuery } from '../../../api/queries.ts';
import { Age } from '../../../ui/age.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { notify, notifyProblem } from '../../../ui/notify.ts';
import { FileThumbnail } from './file-thumbnail.tsx';
import classes from './files.module.css';

interface FileTableProps {
  readonly deviceId: string;
  readonly files: readonly DeviceFile[];
  readonly onOpen: (name: string) => void;
}

export function FileTable({ deviceId, files, onOpen }: FileTableProps) {
  return (
    <div className={`card ${classes.frame}`}>
      <table className={classes.table} aria-labelledby="files">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" data-column="bytes">
              Size
            </th>
            <th scope="col" data-column="time">
              Uploaded
            </th>
            <th scope="col">
              <span className="hidden-visually">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.name}>
              <th scope="row">
                <div className={classes.nameCell}>
                  <FileThumbnail deviceId={deviceId} file={file} />
                  <button type="button" className={classes.name} onClick={() => onOpen(file.name)}>
                    {file.name}
                  </button>
                </div>
              </th>
              <td data-column="bytes" className="number">
                {formatBytes(file.bytes)}
              </td>
              <td data-column="time">
                <Age at={file.modifiedAt} />
              </td>
              <td>
                <div className={classes.actions}>
                  <Tooltip label="Download">
                    <ActionIcon
                      component="a"
                      href={fileUrl(deviceId, file.name)}
                      download
                      variant="subtle"
                      color="gray"
                      size={26}
                      aria-label={`Download ${file.name}`}
                    >
                      <IconDownload size={16} />
                    </ActionIcon>
                  </Tooltip>
                  <DeleteFile deviceId={deviceId} name={file.name} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DeleteFile({ deviceId, name }: { readonly deviceId: string; readonly name: string }) {
  const button = useRef<HTMLButtonElement>(null);
  const [isConfirming, setConfirming] = useState(false);
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => consoleClient.deleteFile(deviceId, name),
    onSuccess: async () => {
      setConfirming(false);
      await queryClient.invalidateQueries({ queryKey: filesQuery(deviceId).queryKey });
      notify(`${name} is deleted`);
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Tooltip label="Delete">
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size={26}
          aria-label={`Delete ${name}`}
          onClick={() => setConfirming(true)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={isConfirming}
        title={`Delete ${name}?`}
        text="The file is removed from the server's disk, for good. The device may upload another under the same name."
        action="Delete file"
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setConfirming(false)}
        returnTo={button}
      />
    </>
  );
}
