import { Button, Skeleton, Stack } from '@mantine/core';
import { IconFiles } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { filesQuery } from '../../../api/queries.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useDeviceScope } from '../device-context.ts';
import { FileDialog } from './file-dialog.tsx';
import { FileTable } from './file-table.tsx';
import classes from './files.module.css';

const route = getRouteApi('/shell/devices/$deviceId/files');

/** Uploads are told to back ends, not to the live stream: asked for again this often, ms. */
const REFRESH_MS = 5_000;

/** What the device uploaded. */
export function DeviceFiles() {
  const { deviceId } = useDeviceScope().device;
  const { file } = route.useSearch();
  const navigate = route.useNavigate();
  const files = useInfiniteQuery({ ...filesQuery(deviceId), refetchInterval: REFRESH_MS });
  usePageTitle('Files', deviceId);
  if (files.isPending) return <Skeleton height={240} />;
  if (files.data === undefined) return <ProblemAlert error={files.error} onRetry={() => void files.refetch()} />;
  const open = (name: string | undefined) => void navigate({ search: (old) => ({ ...old, file: name }) });
  const known = files.data.pages.flatMap(({ items }) => items);
  const bytes = known.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <Stack gap="sm">
      <h2 className={classes.title} id="files">
        Files{' '}
        {known.length > 0 && (
          <span className="quiet number">
            {known.length}
            {files.hasNextPage && ' and more'}, {formatBytes(bytes)}
          </span>
        )}
      </h2>
      {known.length === 0 ? (
        <div className="card">
          <EmptyState
            icon={IconFiles}
            title="No files yet"
            text="A device uploads files through its SDK (uploadToBlob, or getBlobSharedAccessSignature and notifyBlobUploadStatus); they appear here by themselves."
          />
        </div>
      ) : (
        <FileTable deviceId={deviceId} files={known} onOpen={open} />
      )}
      {files.hasNextPage && (
        <Button variant="default" loading={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
          Show more
        </Button>
      )}
      <FileDialog
        deviceId={deviceId}
        file={known.find(({ name }) => name === file) ?? null}
        onClose={() => open(undefined)}
      />
    </Stack>
  );
}
