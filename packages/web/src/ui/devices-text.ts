/** `1 device`, `1,234 devices`. */
export function devicesText(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'device' : 'devices'}`;
}
