import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewFile } from './preview-file.ts';

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
