/** `dtmi:example:Pump;1` is followed by `dtmi:example:Pump;2`; what has no version, as `urn:`, by one that has. Pure. */
export function nextVersion(id: string): string {
  const [, path = id, major] = /^(.*?)(?:;(\d+)(?:\.\d+)?)?$/.exec(id) ?? [];
  return `${path};${major === undefined ? 2 : Number(major) + 1}`;
}
