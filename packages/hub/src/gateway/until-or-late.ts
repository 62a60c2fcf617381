const LATE_MS = 3_000;
const LOOK_EVERY_MS = 5;

/** Resolves when the condition holds, or after three seconds: how long a gateway that stops waits for what is under way. */
export async function untilOrLate(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + LATE_MS;
  while (!condition() && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
