/** What 127.16.0.1 to 127.215.255.254 holds, without .0 and .255; 127.0.x.y is left to the machine's own services. */
const NETWORKS = 200 * 256;
const HOSTS = 254;
/** Far more than the tests of one process start servers. */
const PER_PROCESS = 4 * HOSTS;

let taken = 0;

/**
 * A loopback address that no other test uses now: by process and by turn, so that servers listen on the standard ports side
 * by side, as clients expect them.
 */
export function nextLoopbackAddress(): string {
  const turn = process.pid * PER_PROCESS + (taken++ % PER_PROCESS);
  const network = Math.floor(turn / HOSTS) % NETWORKS;
  return `127.${16 + (network >> 8)}.${network & 0xff}.${1 + (turn % HOSTS)}`;
}
