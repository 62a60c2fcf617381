/**
 * `Content-Disposition` of a download: the last part of the name, in ASCII for old programs and whole for all others.
 * Sources: RFC 6266 §4.3, RFC 8187 §3.2.
 */
export function attachment(name: string): string {
  const fileName = name.slice(name.lastIndexOf('/') + 1) || 'file';
  const ascii = fileName.replace(/[^\w.\- ]/g, '_');
  // What encodeURIComponent leaves alone and an extended value may not hold.
  const encoded = encodeURIComponent(fileName.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
