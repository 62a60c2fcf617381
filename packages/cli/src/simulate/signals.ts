/** One message of a simulated device: a sensor in a room. */
export interface SensorReading {
  /** °C. */
  readonly temperature: number;
  /** Percent. */
  readonly humidity: number;
  /** hPa. */
  readonly pressure: number;
  /** mm/s; bursts when a machine nearby runs. */
  readonly vibration: number;
  /** Percent; falls slowly, and is charged at night. */
  readonly battery: number;
}

const DAY_SECONDS = 86_400;

/**
 * A signal that looks like a real one: a daily wave, a slow drift that remembers where it was, and noise of the sensor.
 * Seeded by the device's number, so each device has its own character and a run can be repeated.
 */
export class SensorSignal {
  readonly #random: () => number;
  readonly #phase: number;
  readonly #base: number;
  #drift = 0;
  #burst = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#phase = this.#random() * 0.1;
    this.#base = 19 + this.#random() * 4;
  }

  /** @param seconds since 1970; the wave follows the time of day */
  read(seconds: number): SensorReading {
    const day = (seconds / DAY_SECONDS) % 1;
    const wave = Math.sin(2 * Math.PI * (day - 0.375 + this.#phase));
    this.#drift = this.#drift * 0.99 + (this.#random() - 0.5) * 0.1;
    // A machine starts now and then, and runs down over some readings.
    this.#burst = this.#random() < 0.01 ? 4 + this.#random() * 4 : this.#burst * 0.8;
    const temperature = this.#base + 2.5 * wave + this.#drift + this.#noise(0.05);
    return {
      temperature: round(temperature, 2),
      humidity: round(clamp(48 - 3 * (temperature - 21) + this.#noise(0.5), 5, 95), 1),
      pressure: round(1013 + 4 * Math.sin(2 * Math.PI * (day * 2 + this.#phase)) + this.#noise(0.1), 2),
      vibration: round(Math.abs(0.2 + this.#burst + this.#noise(0.1)), 3),
      battery: round(100 - 40 * day, 1),
    };
  }

  #noise(size: number): number {
    return (this.#random() + this.#random() + this.#random() - 1.5) * size;
  }
}

/** Pure: mulberry32, a small generator of 32 bits of state; good enough for pictures, not for secrets. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
