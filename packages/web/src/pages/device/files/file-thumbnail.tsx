import { IconFile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type DeviceFile, LIMITS } from '@viaduct/contracts';
import { useEffect, useRef, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { filesQuery } from '../../../api/queries.ts';
import classes from './files.module.css';
import { imageSize, previewFile } from './preview-file.ts';

/** Of a square that a picture fits into. */
const SIDE_PIXELS = 40;
/** A small file may hold a picture that fills the memory: one of more pixels is looked at only when somebody opens it. */
const IMAGE_PIXELS_MAX = 25_000_000;
/** Others are not even asked for; what comes is looked at by its bytes. */
const LOOKS_LIKE_IMAGE = /\.(png|jpe?g|gif|webp)$/i;

interface FileThumbnailProps {
  readonly deviceId: string;
  readonly file: DeviceFile;
}

/** A small picture of a picture, made when its row comes into sight; a sheet for everything else. */
export function FileThumbnail({ deviceId, file }: FileThumbnailProps) {
  const frame = useRef<HTMLSpanElement>(null);
  const [isSeen, setSeen] = useState(false);
  const mayBe = file.bytes <= LIMITS.FILE_PREVIEW_BYTES_MAX && LOOKS_LIKE_IMAGE.test(file.name);
  useEffect(() => {
    if (!mayBe || frame.current === null) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && setSeen(true));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [mayBe]);
  const { data: picture = null } = useQuery({
    // A file that was uploaded again has another time.
    queryKey: [...filesQuery(deviceId).queryKey, file.name, file.modifiedAt, 'thumbnail'],
    queryFn: async () => thumbnailOf(await consoleClient.fileBytes(deviceId, file.name)),
    enabled: mayBe && isSeen,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return (
    <span ref={frame} className={classes.thumbnail} aria-hidden="true">
      {picture === null ? <IconFile size={20} stroke={1.6} /> : <Drawn picture={picture} />}
    </span>
  );
}

function Drawn({ picture }: { readonly picture: ImageBitmap }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.drawImage(picture, 0, 0), [picture]);
  return <canvas ref={canvas} width={picture.width} height={picture.height} />;
}

/** Only the small picture is kept. Null for what is none, and for what the browser cannot draw. */
async function thumbnailOf(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap | null> {
  const preview = previewFile(bytes);
  if (preview.kind !== 'image') return null;
  const [width, height] = imageSize(bytes, preview.type) ?? [0, 0];
  if (width * height === 0 || width * height > IMAGE_PIXELS_MAX) return null;
  const scale = (SIDE_PIXELS * devicePixelRatio) / Math.max(width, height);
  const size = {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  };
  try {
    return await createImageBitmap(new Blob([bytes], { type: preview.type }), { ...size, resizeQuality: 'medium' });
  } catch (error) {
    // The browser's only way to say that what begins as a picture goes on as none.
    if (error instanceof DOMException) return null;
    throw error;
  }
}
