let taken = 0;

/**
 * A loopback address that no other test uses now: by process and by turn, so that servers listen on the standard ports side
 * by side, as clients expect them. 127.0.x.y is left to the machine's own services.
 */
export function nextLoopbackAddress(): string {
  taken += 1;
  const low = (process.pid * 16 + taken) & 0xffff;
  const high = 16 + (Math.floor((process.pid * 16 + taken) / 0x10000) % 200);
  return `127.${high}.${low >> 8}.${Math.min(254, Math.max(1, low & 0xff))}`;
}
