import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageSize, previewFile } from './preview-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('previewFile', () => {
  it('knows images by their bytes', () => {
    expect(previewFile(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0))).toEqual({
      kind: 'image',
      type: 'image/png',
    });
    expect(previewFile(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toMatchObject({ type: 'image/jpeg' });
    expect(previewFile(bytes('GIF89a'))).toMatchObject({ type: 'image/gif' });
    expect(previewFile(bytes('RIFF\x24\x00\x00\x00WEBPVP8 '))).toMatchObject({ type: 'image/webp' });
  });

  it('shows whatever could run as text', () => {
    for (const text of [
      '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
      '<script>alert(1)</script>',
    ]) {
      expect(previewFile(bytes(text))).toEqual({ kind: 'text', text });
    }
  });

  it('indents JSON, and leaves text that only looks like it alone', () => {
    expect(previewFile(bytes('{"a":[1]}'))).toEqual({ kind: 'text', text: '{\n  "a": [\n    1\n  ]\n}' });
    expect(previewFile(bytes('{"a":1}\n{"a":2}\n'))).toEqual({ kind: 'text', text: '{"a":1}\n{"a":2}\n' });
  });

  it('shows nothing of what is neither', () => {
    expect(previewFile(Uint8Array.of(0xc3, 0x28)).kind).toBe('none');
    expect(previewFile(bytes('a\x00b')).kind).toBe('none');
    expect(previewFile(new Uint8Array())).toEqual({ kind: 'text', text: '' });
  });

  it('has an answer for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (any) => ['text', 'image', 'none'].includes(previewFile(any).kind)),
    );
  });
});

describe('imageSize', () => {
  const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));

  it('reads what the head of an image says', () => {
    expect(imageSize(hex('89504e470d0a1a0a 0000000d 49484452 00000280 000001e0'), 'image/png')).toEqual([640, 480]);
    expect(imageSize(hex('474946383961 8002 e001'), 'image/gif')).toEqual([640, 480]);
    // A segment of application data, then the frame.
    expect(imageSize(hex('ffd8 ffe0 0004 4a46 ffc2 0011 08 01e0 0280'), 'image/jpeg')).toEqual([640, 480]);
    const riff = '52494646 00000000 57454250';
    expect(imageSize(hex(`${riff} 56503858 0a000000 00000000 7f0200 df0100`), 'image/webp')).toEqual([640, 480]);
    expect(imageSize(hex(`${riff} 5650384c 00000000 2f 7fc27700`), 'image/webp')).toEqual([640, 480]);
    expect(imageSize(hex(`${riff} 56503820 00000000 000000 9d012a 8002 e001`), 'image/webp')).toEqual([640, 480]);
  });

  it('has an answer, or none, for any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom('image/png', 'image/jpeg', 'image/gif', 'image/webp'),
        (any, type) => imageSize(any, type)?.every(Number.isInteger) ?? true,
      ),
    );
  });
});
