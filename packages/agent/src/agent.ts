import { setTimeout as pause } from 'node:timers/promises';
import type { AgentConfig } from './config.ts';
import { describeMachine } from './describe-machine.ts';
import { type PropertyAcknowledgement, readDesiredInterval } from './desired-interval.ts';
import { type DeviceHandlers, DeviceSession } from './device-session.ts';
import { AGENT_LIMITS } from './limits.ts';
import type { LogLine } from './log-line.ts';
import { type BlinkSurroundings, blink } from './method/blink.ts';
import { diagnose, ErrorMemory } from './method/diagnose.ts';
import { answerSetInterval } from './method/set-interval.ts';
import { type MachineSample, MachineSampler } from './sample-machine.ts';
import { SendBacklog } from './send-backlog.ts';

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly log: LogLine;
  readonly blinkWhere: BlinkSurroundings;
  readonly now: () => Date;
}

const WAITING_TOLD_MIN = 8;

interface TimedSample {
  readonly sample: MachineSample;
  readonly at: Date;
}

/**
 * The machine as a device: samples itself, and answers.
 *
 *     start ──► sampling, always ──► backlog ──► session (SDK client) ──► hub
 *                                       ▲            │ gave up, or was refused
 *                                       └── waits ◄──┘ pause, then a new session
 *
 * 1. Sampling does not depend on the connection; the backlog (bounded) bridges what is between.
 * 2. The interval in force is one number. Start, method and twin change it through `#setInterval` only.
 * 3. Every desired interval gets an acknowledgement, refused ones too, and the reported value is what is in force.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #sampler = new MachineSampler();
  readonly #errors = new ErrorMemory();
  readonly #stop = new AbortController();
  readonly #backlog = new SendBacklog<TimedSample>((error) => this.#note(error));
  #session: DeviceSession | undefined;
  #sessions = 0;
  #intervalSeconds: number;
  #acknowledgement: PropertyAcknowledgement;
  #desiredVersion = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#intervalSeconds = options.config.intervalSeconds;
    this.#acknowledgement = { value: this.#intervalSeconds, ac: 203, av: 0, ad: 'default of the agent' };
  }

  start(): void {
    // The first sample soon, even where the interval is an hour: a new device should show that it lives.
    this.#schedule(Math.min(1, this.#intervalSeconds));
    this.#running = this.#keepConnected();
  }

  /** Disconnects, so that the hub knows at once, and stops. Bounded by `CLOSE_SECONDS_MAX`. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#backlog.detach();
    const closed = Promise.all([this.#session?.close(), this.#running]);
    await Promise.race([closed, pause(AGENT_LIMITS.CLOSE_SECONDS_MAX * 1000, undefined, { ref: false })]);
    this.#options.log('info', 'agent stopped', { ...this.#backlog.statistics });
  }

  async #keepConnected(): Promise<void> {
    let waitSeconds: number = AGENT_LIMITS.RECONNECT_SECONDS_MIN;
    while (!this.#stop.signal.aborted) {
      try {
        const error = await this.#runSession();
        waitSeconds = AGENT_LIMITS.RECONNECT_SECONDS_MIN;
        if (error !== undefined) this.#note(error);
      } catch (error) {
        this.#note(error);
      }
      if (this.#stop.signal.aborted) return;
      this.#options.log('warn', 'no connection; trying again', { waitSeconds, ...this.#backlog.statistics });
      await pause(waitSeconds * 1000, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      waitSeconds = Math.min(waitSeconds * 2, AGENT_LIMITS.RECONNECT_SECONDS_MAX);
    }
  }

  /** Resolves, with the reason, when the session has ended; rejects when there was none. */
  async #runSession(): Promise<Error | undefined> {
    const session = await DeviceSession.open(this.#options.config, this.#handlers());
    if (this.#stop.signal.aborted) {
      await session.close();
      return undefined;
    }
    this.#session = session;
    this.#sessions += 1;
    this.#options.log('info', 'connected', { session: this.#sessions, intervalSeconds: this.#intervalSeconds });
    this.#backlog.attach(({ sample, at }) => session.send(sample, at));
    try {
      await session.report({ ...(await describeMachine()), telemetryIntervalSeconds: this.#acknowledgement });
      return await session.closed;
    } finally {
      this.#backlog.detach();
      this.#session = undefined;
      await session.close();
    }
  }

  #handlers(): DeviceHandlers {
    return {
      methods: {
        blink: async () => ({ status: 200, payload: await blink(this.#options.blinkWhere) }),
        setInterval: async (payload) => answerSetInterval(payload, (seconds) => this.#setByMethod(seconds)),
        diagnose: async () => ({ status: 200, payload: this.#diagnose() }),
      },
      onDesired: (desired) => this.#applyDesired(desired),
      onCommand: (body, messageId) => {
        const text = body.subarray(0, AGENT_LIMITS.COMMAND_LOG_BYTES_MAX).toString('utf8');
        this.#options.log('info', 'command received', { messageId, bytes: body.byteLength, text });
      },
      onError: (error) => this.#note(error),
    };
  }

  #diagnose() {
    return diagnose({
      statistics: this.#backlog.statistics,
      errors: this.#errors,
      sessions: this.#sessions,
      intervalSeconds: this.#intervalSeconds,
    });
  }

  #setByMethod(seconds: number): void {
    this.#setInterval(seconds);
    this.#acknowledge({ value: seconds, ac: 203, av: this.#desiredVersion, ad: 'set by the method setInterval' });
  }

  #applyDesired(desired: unknown): void {
    const wish = readDesiredInterval(desired, this.#intervalSeconds);
    const isNews = wish.version !== this.#desiredVersion;
    this.#desiredVersion = wish.version;
    // The section comes again with each connect: an old wish must not undo what a method set after it.
    if (wish.kind === 'none' || !isNews) return;
    if (wish.kind === 'apply') this.#setInterval(wish.seconds);
    this.#acknowledge(wish.answer);
  }

  #acknowledge(answer: PropertyAcknowledgement): void {
    this.#acknowledgement = answer;
    this.#session?.report({ telemetryIntervalSeconds: answer }).catch((error: unknown) => this.#note(error));
  }

  #setInterval(seconds: number): void {
    this.#intervalSeconds = seconds;
    this.#options.log('info', 'interval changed', { intervalSeconds: seconds });
    this.#schedule(seconds);
  }

  #schedule(seconds: number): void {
    clearTimeout(this.#timer);
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#schedule(this.#intervalSeconds);
      this.#takeSample().catch((error: unknown) => this.#note(error));
    }, seconds * 1000);
  }

  async #takeSample(): Promise<void> {
    const at = this.#options.now();
    this.#backlog.push({ sample: await this.#sampler.sample(), at });
    const { waiting } = this.#backlog.statistics;
    // The SDK is silent while it tries to reconnect: say it at 8, 16, 32 … so that a long outage is a few lines.
    if (waiting >= WAITING_TOLD_MIN && Number.isInteger(Math.log2(waiting))) {
      this.#options.log('warn', 'samples wait for a connection', { ...this.#backlog.statistics });
    }
  }

  #note(error: unknown): void {
    this.#errors.keep(error, this.#options.now());
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.#options.log('warn', 'something failed; the agent goes on', { error: message });
  }
}
