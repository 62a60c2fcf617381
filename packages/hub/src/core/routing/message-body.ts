/**
 * The body of a message as conditions see it: JSON, but only if its sender says so. Pure.
 *
 *     content type       application/json, with or without parameters; any case
 *     content encoding   utf-8, utf-16, utf-32; any case. A charset of the content type stands in where there is none
 *
 * Undefined for everything else, and for what is not JSON: then a condition on the body is undefined too.
 * Source: Azure IoT Hub, "message routing query syntax", message body.
 */
export function parseMessageBody(
  body: Buffer,
  contentType: string | undefined,
  contentEncoding: string | undefined,
): unknown {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'application/json') return undefined;
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const decode = DECODERS[(contentEncoding || charset || '').toLowerCase().replace(/^"(.*)"$/, '$1')];
  if (decode === undefined) return undefined;
  try {
    return JSON.parse(decode(body)) as unknown;
  } catch {
    // A device may send anything; what is not what it says is simply not seen by conditions.
    return undefined;
  }
}

/** A byte order mark wins over what the name says, as Unicode asks; without one, UTF-16 and UTF-32 are little endian, as .NET's are. */
const DECODERS: Readonly<Record<string, (body: Buffer) => string>> = {
  'utf-8': utf8,
  utf8,
  'utf-16': (body) => utf16(body),
  'utf-16le': (body) => utf16(body),
  'utf-16be': (body) => utf16(body, true),
  'utf-32': (body) => utf32(body),
  'utf-32le': (body) => utf32(body),
  'utf-32be': (body) => utf32(body, true),
};

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const UTF16 = new TextDecoder('utf-16le', { fatal: true });

function utf8(body: Buffer): string {
  return UTF8.decode(body);
}

function utf16(body: Buffer, bigEndian = body[0] === 0xfe && body[1] === 0xff): string {
  return UTF16.decode(bigEndian && body.length % 2 === 0 ? Buffer.from(body).swap16() : body);
}

function utf32(body: Buffer, bigEndian = body.length >= 4 && body.readUInt32BE(0) === 0xfeff): string {
  const codePoints: string[] = [];
  for (let at = 0; at + 4 <= body.length; at += 4) {
    const codePoint = bigEndian ? body.readUInt32BE(at) : body.readUInt32LE(at);
    if (at > 0 || codePoint !== 0xfeff) codePoints.push(String.fromCodePoint(codePoint));
  }
  return codePoints.join('');
}
