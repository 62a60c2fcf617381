import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { DeviceFile } from '@viaduct/contracts';
import { consoleClient, fileUrl } from '../../../api/console-client.ts';
import { filesQuery } from '../../../api/queries.ts';
import { Age } from '../../../ui/age.tsx';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';
import tables from '../../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../../ui/data-table.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { FileThumbnail } from './file-thumbnail.tsx';
import classes from './files.module.css';

interface FileTableProps {
  readonly deviceId: string;
  readonly files: readonly DeviceFile[];
  readonly onOpen: (name: string) => void;
}

export function FileTable({ deviceId, files, onOpen }: FileTableProps) {
  return (
    <div className={`card ${tables.frame}`}>
      <DataTable
        columns={['Name', { title: 'Size', isNumber: true }, { title: 'Uploaded', isWide: true }, ACTIONS]}
        labelledBy="files"
      >
        {files.map((file) => (
          <tr key={file.name}>
            <th scope="row">
              <div className={classes.nameCell}>
                <FileThumbnail deviceId={deviceId} file={file} />
                <button type="button" className={tables.open} onClick={() => onOpen(file.name)}>
                  {file.name}
                </button>
              </div>
            </th>
            <td data-number>{formatBytes(file.bytes)}</td>
            <td data-wide>
              <Age at={file.modifiedAt} />
            </td>
            <td data-actions>
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
            </td>
          </tr>
        ))}
      </DataTable>
    </div>
  );
}

function DeleteFile({ deviceId, name }: { readonly deviceId: string; readonly name: string }) {
  const queryClient = useQueryClient();
  const remove = async () => {
    await consoleClient.deleteFile(deviceId, name);
    // The list alone: the small picture of what is gone is not asked for again.
    await queryClient.invalidateQueries({ queryKey: filesQuery(deviceId).queryKey, exact: true });
  };
  return (
    <ConfirmButton
      label={`Delete ${name}`}
      icon={IconTrash}
      question={`Delete ${name}?`}
      consequence="The file is removed from the server's disk, for good. The device may upload another under the same name."
      action="Delete file"
      done={`${name} is deleted`}
      act={remove}
    />
  );
}
