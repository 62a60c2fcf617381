import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachment } from './attachment.ts';

describe('attachment', () => {
  it('names the file without its folders', () => {
    expect(attachment('2026/11/log.json')).toBe(`attachment; filename="log.json"; filename*=UTF-8''log.json`);
    expect(attachment('photos/')).toContain('filename="file"');
  });

  it('keeps every character for those who can read it', () => {
    expect(attachment('Prüfung (1).png')).toBe(
      `attachment; filename="Pr_fung _1_.png"; filename*=UTF-8''Pr%C3%BCfung%20%281%29.png`,
    );
  });

  it('never lets a name break out of the header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(attachment(name)).toMatch(/^attachment; filename="[\w.\- ]+"; filename\*=UTF-8''[A-Za-z0-9%._~!-]+$/);
      }),
    );
  });
});
