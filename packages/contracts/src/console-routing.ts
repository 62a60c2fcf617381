/**
 * What a route may take its records from, in the names of Azure's management API.
 * Source: Azure IoT Hub message routing, "non-telemetry events".
 */
export const ROUTE_SOURCES = [
  'DeviceMessages',
  'TwinChangeEvents',
  'DeviceLifecycleEvents',
  'DeviceConnectionStateEvents',
  'DigitalTwinChangeEvents',
  'DeviceJobLifecycleEvents',
] as const;
export type RouteSource = (typeof ROUTE_SOURCES)[number];

/** The endpoint that is always there: what Event Hubs clients read. */
export const BUILT_IN_ENDPOINT = 'events';

/** What stands in the place of a secret that is kept; sent back, it means: leave it as it is. */
export const SECRET_KEPT = '****';

/** Where records go. A record goes once to each endpoint, however many routes name it. */
export interface Route {
  readonly name: string;
  readonly source: RouteSource;
  /** In the routing language; `true` takes everything. */
  readonly condition: string;
  /** `events` is the built-in one. */
  readonly endpointNames: readonly string[];
  readonly isEnabled: boolean;
}

/** An application property that messages get on their way to some endpoints. */
export interface Enrichment {
  readonly key: string;
  /** Text, `$iothubname`, or a path below `$twin.tags`, `$twin.properties.desired` or `$twin.properties.reported`. */
  readonly value: string;
  readonly endpointNames: readonly string[];
}

/** Telemetry that no route takes goes to `events`, if enabled; else nobody gets it. */
export interface FallbackRoute {
  readonly isEnabled: boolean;
}

export interface EndpointInput {
  readonly name: string;
  /** A kind that `RoutingView.kinds` lists; `configuration` has the fields of that kind. */
  readonly kind: string;
  /** A secret that is SECRET_KEPT stays as it was. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly isPaused: boolean;
}

/** The whole of routing, as it is saved: all or nothing. */
export interface RoutingInput {
  readonly endpoints: readonly EndpointInput[];
  readonly routes: readonly Route[];
  readonly enrichments: readonly Enrichment[];
  readonly fallbackRoute: FallbackRoute;
}

/**
 * How an endpoint is doing.
 *
 *     unknown     nothing was delivered yet
 *     healthy     it takes what comes
 *     degraded    it takes messages, but some were refused or lost within the last hour, or it is minutes behind
 *     unhealthy   the last try failed; it is tried again, less and less often
 *     dead        it needs somebody: trying again does not help, or it has failed for an hour
 *     paused      somebody paused it; what comes waits in the log
 */
export type EndpointHealth = 'unknown' | 'healthy' | 'degraded' | 'unhealthy' | 'dead' | 'paused';

/** Live figures; counters are since the server started. Times are ms since 1970. */
export interface EndpointState {
  readonly name: string;
  readonly health: EndpointHealth;
  readonly healthSince: number;
  readonly lastError: { readonly message: string; readonly time: number } | null;
  readonly lastDeliveryTime: number | null;
  /** When a failed delivery is tried again. */
  readonly nextTryTime: number | null;
  /** Records that wait to be looked at; some of them may be for others. */
  readonly lagMessages: number;
  /** Age of the oldest record that waits; 0 when none does. */
  readonly lagSeconds: number;
  readonly deliveredMessages: number;
  readonly deliveredBytes: number;
  /** Over the last ten seconds. */
  readonly deliveredPerSecond: number;
  /** Refused by the endpoint for ever, or too large with their enrichments. */
  readonly skippedMessages: number;
  /** Removed by retention before the endpoint took them. */
  readonly lostMessages: number;
}

export interface EndpointView extends EndpointInput {
  /** Where it delivers to, in a line. */
  readonly address: string;
  readonly createdTime: number;
  readonly state: EndpointState;
}

export interface RoutingView {
  readonly etag: string;
  /** Counts saves; when the last one was, ms since 1970. */
  readonly version: number;
  readonly savedTime: number;
  readonly endpoints: readonly EndpointView[];
  readonly routes: readonly Route[];
  readonly enrichments: readonly Enrichment[];
  readonly fallbackRoute: FallbackRoute;
  /** Kinds of endpoint that can be added. */
  readonly kinds: readonly string[];
  readonly limits: { readonly endpoints: number; readonly routes: number; readonly enrichments: number };
}

/** What an endpoint did not get. */
export interface EndpointLoss {
  /**
   *     refused    the endpoint will never take it
   *     tooLarge   past the size of a message with its enrichments
   *     overtaken  the log's retention removed it before the endpoint took it; `count` records, of which some may be for others
   */
  readonly kind: 'refused' | 'tooLarge' | 'overtaken';
  readonly count: number;
  readonly partition: number;
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Enqueued times of the first and the last, ms since 1970; null where nobody knows any more. */
  readonly fromTime: number | null;
  readonly toTime: number | null;
  /** Null for many. */
  readonly deviceId: string | null;
  readonly message: string;
  /** When it was found, ms since 1970. */
  readonly time: number;
}

/** A message to try routes on, with the twin its sender would have. */
export interface SampleMessage {
  readonly body: string;
  readonly appProperties: Readonly<Record<string, string>>;
  readonly systemProperties: Readonly<Record<string, string>>;
  readonly twin?: {
    readonly tags?: unknown;
    readonly properties?: { readonly desired?: unknown; readonly reported?: unknown };
  };
}

export type RouteTestResult =
  | { readonly result: 'true' | 'false' | 'undefined' }
  /** The condition is not in the routing language. */
  | { readonly result: 'invalid'; readonly message: string; readonly location: TextLocation };

/** From the first character to behind the last; lines and columns count from 1. */
export interface TextLocation {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/** A condition to try: on a sample message, or on the newest records of the log. */
export interface RouteTestInput {
  /** Not for trying all routes. */
  readonly condition: string;
  readonly source: RouteSource;
  readonly message?: SampleMessage;
  /** How many of the newest records; 1,000 by default. */
  readonly newest?: number;
}

/** Which of the newest records of a source a condition would have taken. */
export interface RouteMatchCount {
  readonly matched: number;
  /** Records looked at: at most as many as were asked for. */
  readonly examined: number;
  /** The newest that matched, newest first. */
  readonly samples: readonly { readonly deviceId: string; readonly enqueuedTime: number; readonly bodyText: string }[];
}
