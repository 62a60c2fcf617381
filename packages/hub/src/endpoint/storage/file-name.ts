/** What a file's name is made of. Every one is needed: together they keep files apart. Source: Azure IoT Hub, "storage endpoints". */
export const FILE_NAME_TOKENS = ['{iothub}', '{partition}', '{YYYY}', '{MM}', '{DD}', '{HH}', '{mm}'] as const;
type Token = (typeof FILE_NAME_TOKENS)[number];

/** What is wrong with a format, in words; undefined when it is one. Pure. */
export function fileNameFault(format: string): string | undefined {
  for (const token of FILE_NAME_TOKENS) {
    if (format.split(token).length !== 2) return `must have ${token} once; it needs ${FILE_NAME_TOKENS.join(' ')}`;
  }
  const rest = FILE_NAME_TOKENS.reduce((text, token) => text.replace(token, ''), format);
  if (/[^A-Za-z0-9._/-]/.test(rest)) return 'may have A-Z a-z 0-9 - . _ / besides its tokens';
  if (/(^|\/)\.{0,2}(\/|$)/.test(format)) return 'must have a name between slashes, and none that is only dots';
  return undefined;
}

/** The name of the file that begins with a message of this time (ms since 1970, told in UTC). Pure. */
export function fileName(
  format: string,
  { hubName, partition, time }: { hubName: string; partition: number; time: number },
): string {
  const [, year = '', month = '', day = '', hour = '', minute = ''] =
    /^(\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(new Date(time).toISOString()) ?? [];
  const values: Record<Token, string> = {
    '{iothub}': hubName,
    '{partition}': String(partition).padStart(2, '0'),
    ...{ '{YYYY}': year, '{MM}': month, '{DD}': day, '{HH}': hour, '{mm}': minute },
  };
  return FILE_NAME_TOKENS.reduce((name, token) => name.replace(token, values[token]), format);
}
