import { Button, Group, Modal, Skeleton } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type DeviceFile, LIMITS } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { consoleClient, fileUrl } from '../../../api/console-client.ts';
import { filesQuery } from '../../../api/queries.ts';
import { formatBytes, formatMoment } from '../../../ui/format.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { TextBlock } from '../../../ui/text-block.tsx';
import classes from './files.module.css';
import { type ImageType, previewFile } from './preview-file.ts';

interface FileDialogProps {
  readonly deviceId: string;
  /** Null while none is open. */
  readonly file: DeviceFile | null;
  readonly onClose: () => void;
}

/** One file: what it is, what it looks like, and the way to have it. */
export function FileDialog({ deviceId, file, onClose }: FileDialogProps) {
  return (
    <Modal
      opened={file !== null}
      onClose={onClose}
      title={file?.name ?? ''}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {file !== null && (
        <>
          <Group justify="space-between" mb="sm">
            <span className="quiet">
              {formatBytes(file.bytes)} · {formatMoment(file.modifiedAt)}
              {file.contentType !== null && ` · ${file.contentType}`}
            </span>
            <Button
              component="a"
              href={fileUrl(deviceId, file.name)}
              download
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} />}
            >
              Download
            </Button>
          </Group>
          {file.bytes > LIMITS.FILE_PREVIEW_BYTES_MAX ? (
            <p className="quiet">
              Files up to {formatBytes(LIMITS.FILE_PREVIEW_BYTES_MAX)} are shown here; download this one.
            </p>
          ) : (
            <Preview deviceId={deviceId} file={file} />
          )}
        </>
      )}
    </Modal>
  );
}

function Preview({ deviceId, file }: { readonly deviceId: string; readonly file: DeviceFile }) {
  const content = useQuery({
    // A file that was uploaded again has another time.
    queryKey: [...filesQuery(deviceId).queryKey, file.name, file.modifiedAt],
    queryFn: () => consoleClient.fileBytes(deviceId, file.name),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (content.isPending) return <Skeleton height={200} />;
  if (content.isError) return <ProblemAlert error={content.error} onRetry={() => void content.refetch()} />;
  const preview = previewFile(content.data);
  switch (preview.kind) {
    case 'text':
      return <TextBlock tall text={preview.text === '' ? 'The file is empty.' : preview.text} label={file.name} />;
    case 'image':
      return <Picture bytes={content.data} type={preview.type} name={file.name} />;
    case 'none':
      return <p className="quiet">This is neither text nor a picture that browsers draw; download it to look at it.</p>;
    default:
      return preview satisfies never;
  }
}

interface PictureProps {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: ImageType;
  readonly name: string;
}

/** By an address that only this page knows: what the server sends is a download and never drawn. */
function Picture({ bytes, type, name }: PictureProps) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return url === null ? null : <img className={classes.picture} src={url} alt={name} />;
}
