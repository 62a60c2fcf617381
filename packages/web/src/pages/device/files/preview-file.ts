/** What a page shows of a file. The bytes decide, never the name: a script in a file called `photo.png` is text. */
export type FilePreview =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly type: ImageType }
  | { readonly kind: 'none' };

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** First bytes of the formats that browsers draw and that cannot hold a script; SVG can, so it is shown as text. */
const SIGNATURES: readonly (readonly [ImageType, (bytes: Uint8Array) => boolean])[] = [
  ['image/png', (bytes) => startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/jpeg', (bytes) => startsWith(bytes, [0xff, 0xd8, 0xff])],
  ['image/gif', (bytes) => startsWith(bytes, [0x47, 0x49, 0x46, 0x38])],
  // RIFF, four bytes of length, WEBP.
  [
    'image/webp',
    (bytes) => startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]),
  ],
];

export function previewFile(bytes: Uint8Array): FilePreview {
  const image = SIGNATURES.find(([, matches]) => matches(bytes));
  if (image !== undefined) return { kind: 'image', type: image[0] };
  const text = decodeText(bytes);
  return text === undefined ? { kind: 'none' } : { kind: 'text', text: indented(text) };
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** Width and height in pixels as the head of an image says them; null where it does not. What a picture takes of memory is known before it is drawn. */
export function imageSize(bytes: Uint8Array, type: ImageType): readonly [width: number, height: number] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return SIZES[type](view);
  } catch (error) {
    if (error instanceof RangeError) return null; // It ends before its size.
    throw error;
  }
}

/** Sources: PNG §11.2.2 (IHDR); GIF89a §18; ITU-T T.81 B.2.2 (frame header); RFC 9649 §2 (VP8X, VP8L, VP8). */
const SIZES: Readonly<Record<ImageType, (view: DataView) => readonly [number, number] | null>> = {
  'image/png': (view) => [view.getUint32(16), view.getUint32(20)],
  'image/gif': (view) => [view.getUint16(6, true), view.getUint16(8, true)],
  'image/jpeg': jpegSize,
  'image/webp': webpSize,
};

function jpegSize(view: DataView): readonly [number, number] | null {
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return null;
}

function webpSize(view: DataView): readonly [number, number] | null {
  switch (view.getUint32(12)) {
    case 0x56503858: // VP8X
      return [1 + (view.getUint32(24, true) & 0xffffff), 1 + (view.getUint32(26, true) >>> 8)];
    case 0x5650384c: {
      // VP8L: 14 bits each
      const bits = view.getUint32(21, true);
      return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
    }
    case 0x56503820: // "VP8 "
      return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
    default:
      return null;
  }
}

/** Undefined for what is not UTF-8, and for UTF-8 with control characters, which no text has. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return hasControls(text) ? undefined : text;
  } catch {
    return undefined; // The decoder's only way to say "not text".
  }
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Tab, line feed, form feed, carriage return and escape, as logs have them.
    if (code < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(code)) return true;
  }
  return false;
}

/** JSON that is one document reads better over several lines; anything else stays as it is. */
function indented(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // The parser's only way to say "not JSON".
  }
}
