/**
 * `dtmi:example:Pump;1` is followed by `dtmi:example:Pump;2`, and `urn:example:Pump:1`, of before there were DTMIs, by `urn:example:Pump:2`;
 * what has no version by one that has. Pure.
 */
export function nextVersion(id: string): string {
  const mark = id.startsWith('urn:') ? ':' : ';';
  const [, path = id, major] = new RegExp(`^(.*?)(?:${mark}(\\d+)(?:\\.\\d+)?)?$`).exec(id) ?? [];
  return `${path}${mark}${major === undefined ? 2 : BigInt(major) + 1n}`;
}
