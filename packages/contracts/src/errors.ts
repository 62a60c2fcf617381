/**
 * Every failure a client can see: one row, spoken in four tongues.
 *
 * A code is a public promise: add rows, never rename one.
 *   http    status of the REST answer
 *   hub     numeric error code in the REST body and in MQTT twin responses; its `name` goes into `iothub-errorcode`
 *   amqp    error condition of a rejected outcome, a detach or a close
 *   mqtt    CONNACK return code when it meets a CONNECT. Past CONNACK, MQTT 3.1.1 has no words: the session is closed
 *   retry   the same request may succeed later without anybody changing anything
 *   advice  what the operator does next; shown in the console and by the CLI beside the refusal
 *
 * Sources: Azure IoT Hub error codes, AMQP 1.0 part 2 §2.8, MQTT 3.1.1 §3.2.2.3, RFC 9110 §15.
 */
export const ERRORS = {
  // Who are you?
  'credential.missing': row(
    401,
    401003,
    'IotHubUnauthorized',
    'amqp:unauthorized-access',
    5,
    false,
    'Send a shared access signature or a client certificate.',
  ),
  'credential.malformed': row(
    401,
    401003,
    'IotHubUnauthorized',
    'amqp:unauthorized-access',
    4,
    false,
    'Copy the connection string again; the token or user name does not have the documented form.',
  ),
  'credential.signatureMismatch': row(
    401,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    "Compare the key on the device with the device's primary or secondary key.",
  ),
  'credential.expired': row(
    401,
    401003,
    'IotHubUnauthorized',
    'amqp:unauthorized-access',
    5,
    false,
    "Check the device's clock, then let it make a new token.",
  ),
  'credential.wrongResource': row(
    401,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    'The token was made for another hub or device; make one for this resource.',
  ),
  'credential.unknownPolicy': row(
    401,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    'Use the name of an existing shared access policy.',
  ),
  'credential.insufficientRights': row(
    401,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    'Use a policy that grants the right named in the message.',
  ),
  'credential.wrongType': row(
    401,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    "Use the kind of credential that the device's identity asks for, or change the identity.",
  ),
  'credential.certificateMismatch': row(
    401,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    "Register the certificate's thumbprint on the device, or present the registered certificate.",
  ),

  // Who is that?
  'device.notFound': row(
    404,
    404001,
    'DeviceNotFound',
    'amqp:not-found',
    5,
    false,
    'Create the device first, or correct its id; ids are case-sensitive.',
  ),
  'device.disabled': row(
    403,
    403012,
    'DeviceDisabled',
    'amqp:unauthorized-access',
    5,
    false,
    'Enable the device in the registry.',
  ),
  'device.exists': row(
    409,
    409001,
    'DeviceAlreadyExists',
    'com.microsoft:device-already-exists',
    2,
    false,
    'Choose another id, or update the existing device with If-Match.',
  ),
  'device.idInvalid': row(
    400,
    400004,
    'ArgumentInvalid',
    'com.microsoft:argument-error',
    2,
    false,
    "Use at most 128 characters of A-Z a-z 0-9 and -:.+%_#*?!(),=@;$'",
  ),
  'device.tooMany': row(
    403,
    413002,
    'TooManyDevices',
    'amqp:resource-limit-exceeded',
    3,
    false,
    'Remove devices that are no longer used, or raise the limit.',
  ),
  'device.notOnline': row(
    404,
    404103,
    'DeviceNotOnline',
    'amqp:not-found',
    5,
    true,
    'Wait until the device is connected and listens for methods, or raise connectTimeoutInSeconds.',
  ),
  'module.notFound': row(
    404,
    404010,
    'ModuleNotFound',
    'amqp:not-found',
    5,
    false,
    'Create the module first, or correct its id.',
  ),
  'module.exists': row(
    409,
    409301,
    'ModuleAlreadyExistsOnDevice',
    'com.microsoft:device-already-exists',
    2,
    false,
    'Choose another id, or update the existing module with If-Match.',
  ),
  'etag.mismatch': row(
    412,
    412001,
    'PreconditionFailed',
    'com.microsoft:precondition-failed',
    5,
    false,
    'Read the object again and repeat the change on the current version.',
  ),

  // What is that?
  'argument.invalid': row(
    400,
    400004,
    'ArgumentInvalid',
    'com.microsoft:argument-error',
    4,
    false,
    'Correct the value named in the message.',
  ),
  'format.invalid': row(
    400,
    400006,
    'IotHubFormatError',
    'com.microsoft:argument-error',
    4,
    false,
    'Send well-formed JSON in UTF-8.',
  ),
  'route.notFound': row(
    404,
    404000,
    'GenericNotFound',
    'amqp:not-found',
    5,
    false,
    'Compare path and method with docs/protocol/rest.md.',
  ),
  'message.tooLarge': row(
    413,
    413001,
    'MessageTooLarge',
    'amqp:link:message-size-exceeded',
    5,
    false,
    'Send smaller messages, or upload a file.',
  ),
  'twin.tooLarge': row(
    413,
    413001,
    'MessageTooLarge',
    'amqp:link:message-size-exceeded',
    5,
    false,
    'Remove properties that are no longer used by setting them to null.',
  ),
  'packet.malformed': row(
    400,
    400006,
    'IotHubFormatError',
    'amqp:decode-error',
    4,
    false,
    'The bytes do not follow the protocol; check the client and anything between it and the hub.',
  ),
  'topic.malformed': row(
    400,
    400004,
    'ArgumentInvalid',
    'amqp:not-found',
    5,
    false,
    'Compare the topic with docs/protocol/mqtt-topics.md.',
  ),
  'topic.forbidden': row(
    403,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    'A device may publish only under its own id.',
  ),
  'protocol.violation': row(
    400,
    400003,
    'InvalidOperation',
    'amqp:not-allowed',
    2,
    false,
    'The client broke a rule of its protocol; update or correct the client.',
  ),
  'protocol.versionUnsupported': row(
    400,
    400001,
    'InvalidProtocolVersion',
    'amqp:not-implemented',
    1,
    false,
    'Use MQTT 3.1.1.',
  ),
  'link.addressUnknown': row(
    404,
    404006,
    'AmqpAddressNotFound',
    'amqp:not-found',
    5,
    false,
    'Compare the address with docs/protocol/amqp.md.',
  ),
  'link.notSupported': row(
    501,
    501000,
    'NotImplemented',
    'amqp:not-implemented',
    3,
    false,
    'Connect the device over MQTT; AMQP is for service clients and Event Hubs readers so far.',
  ),

  // Not now, or no more.
  'connection.identifierRejected': row(
    400,
    400004,
    'ArgumentInvalid',
    'amqp:not-allowed',
    2,
    false,
    'Client id and user name must name the same device.',
  ),
  'connection.replaced': row(
    409,
    409002,
    'LinkCreationConflict',
    'amqp:link:stolen',
    5,
    false,
    'Two programs use the same device id, or the device reconnected; only the newest connection stays.',
  ),
  'connection.keepAliveLapsed': row(
    408,
    404104,
    'DeviceConnectionClosedRemotely',
    'amqp:connection:forced',
    5,
    true,
    'The device went silent for one and a half keep-alive intervals; check its network.',
  ),
  'connection.lost': row(
    408,
    404104,
    'DeviceConnectionClosedRemotely',
    'amqp:connection:forced',
    5,
    true,
    'The device or its network dropped the connection; devices reconnect by themselves.',
  ),
  'connection.tokenExpired': row(
    401,
    401003,
    'IotHubUnauthorized',
    'amqp:unauthorized-access',
    5,
    true,
    'The token ran out while connected; clients reconnect with a new one by themselves.',
  ),
  'connection.slow': row(
    408,
    404104,
    'DeviceConnectionClosedRemotely',
    'amqp:resource-limit-exceeded',
    5,
    true,
    'The client did not read or speak fast enough; check its network.',
  ),
  'connection.serverStopped': row(
    503,
    503001,
    'ServiceUnavailable',
    'amqp:connection:forced',
    3,
    true,
    'The server ended without closing its connections: killed, crashed or without power. Devices reconnect by themselves.',
  ),
  'connection.tooMany': row(
    503,
    503001,
    'ServiceUnavailable',
    'amqp:resource-limit-exceeded',
    3,
    true,
    'The listener is full; raise its limit or wait.',
  ),
  'command.queueFull': row(
    403,
    403004,
    'DeviceMaximumQueueDepthExceeded',
    'amqp:resource-limit-exceeded',
    5,
    true,
    'The device has not fetched its commands; wait, or purge the queue.',
  ),
  'command.expiryInvalid': row(
    403,
    403009,
    'InvalidMessageExpiryTime',
    'com.microsoft:argument-error',
    5,
    false,
    'Choose an expiry in the future and at most two days ahead.',
  ),
  'command.lockLost': row(
    412,
    412002,
    'DeviceMessageLockLost',
    'com.microsoft:message-lock-lost',
    5,
    false,
    'The lock ran out or the message was settled already; it will be delivered again if it is still due.',
  ),
  'method.timeout': row(
    504,
    504101,
    'GatewayTimeout',
    'com.microsoft:timeout',
    5,
    true,
    'The device did not answer in time; check its method handler or raise responseTimeoutInSeconds.',
  ),
  'method.badResponse': row(
    502,
    502000,
    'GenericBadGateway',
    'amqp:internal-error',
    5,
    false,
    "The device's answer is not JSON; correct its method handler.",
  ),
  'method.tooMany': row(
    403,
    403800,
    'DeviceMaximumInflightMethodExceeded',
    'amqp:resource-limit-exceeded',
    5,
    true,
    'Wait for the running method calls of this device.',
  ),
  'consumer.stolen': row(
    409,
    409002,
    'LinkCreationConflict',
    'amqp:link:stolen',
    5,
    false,
    'A reader with a higher owner level took this partition.',
  ),
  'consumer.tooMany': row(
    429,
    429000,
    'GenericTooManyRequests',
    'amqp:resource-limit-exceeded',
    5,
    true,
    'Use another consumer group, or close a reader of this one.',
  ),
  'quota.exceeded': row(
    429,
    429001,
    'ThrottlingException',
    'com.microsoft:device-container-throttled',
    3,
    true,
    'Slow down; the limit is named in the message.',
  ),
  'log.unavailable': row(
    503,
    503001,
    'ServiceUnavailable',
    'amqp:internal-error',
    3,
    true,
    'The event log cannot write, most often because the disk is full; free space and it recovers by itself.',
  ),
  'store.unavailable': row(
    503,
    503001,
    'ServiceUnavailable',
    'amqp:internal-error',
    3,
    true,
    'Check that the disk of the data folder has room and is healthy; the server recovers by itself.',
  ),
  'store.unusable': row(
    503,
    503001,
    'ServiceUnavailable',
    'amqp:internal-error',
    3,
    false,
    'Start the version that wrote this data folder, with its encryption key, or restore a backup.',
  ),
  'credential.replaced': row(
    401,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    "The device's keys or thumbprints were changed while it was connected; give it the new ones.",
  ),
  'log.inUse': row(
    500,
    500001,
    'ServerError',
    'amqp:internal-error',
    3,
    false,
    'Another process has the data folder open: stop it, or start with a folder of its own.',
  ),
  'log.damaged': row(
    500,
    500001,
    'ServerError',
    'amqp:internal-error',
    3,
    false,
    'Acknowledged data changed on disk: check the disk, then restore the file that the message names from a backup.',
  ),
  'log.incompatible': row(
    500,
    500001,
    'ServerError',
    'amqp:internal-error',
    3,
    false,
    'The data folder was made with other settings or by another version; the message says which.',
  ),
  'server.draining': row(
    503,
    503001,
    'ServiceUnavailable',
    'amqp:connection:forced',
    3,
    true,
    'The server is stopping; clients reconnect by themselves.',
  ),
  'server.fault': row(
    500,
    500001,
    'ServerError',
    'amqp:internal-error',
    3,
    true,
    'A bug of ours: the log has a line with the same tracking id.',
  ),

  // Before anybody can say who they are.
  'tls.untrusted': row(
    400,
    400000,
    'GenericBadRequest',
    'amqp:unauthorized-access',
    5,
    false,
    "The client does not trust this server's certificate: give it the root that `viaduct ca` prints, and connect to a name that the certificate covers.",
  ),
  'tls.failed': row(
    400,
    400000,
    'GenericBadRequest',
    'amqp:unauthorized-access',
    5,
    false,
    'No TLS session came about: the client must speak TLS 1.2 or 1.3 on this port.',
  ),

  'model.notFound': row(
    404,
    404000,
    'NotFound',
    'amqp:not-found',
    5,
    false,
    'Put its DTDL document into a models folder, at the path that its identifier names.',
  ),
  'model.invalid': row(
    400,
    400006,
    'IotHubFormatError',
    'com.microsoft:argument-error',
    5,
    false,
    'Correct the DTDL document at the place named in the message.',
  ),

  // The console's own.
  'console.signedOut': row(401, 401003, 'IotHubUnauthorized', 'amqp:unauthorized-access', 5, false, 'Sign in.'),
  'console.signInFailed': row(
    401,
    401003,
    'IotHubUnauthorized',
    'amqp:unauthorized-access',
    5,
    false,
    'Check name and password; `viaduct admin-link` makes a new link for a lost password.',
  ),
  'console.linkInvalid': row(
    403,
    401003,
    'IotHubUnauthorized',
    'amqp:unauthorized-access',
    5,
    false,
    'The link was used or has expired; `viaduct admin-link` makes a new one.',
  ),
  'console.forged': row(
    403,
    401002,
    'IotHubUnauthorizedAccess',
    'amqp:unauthorized-access',
    5,
    false,
    'Reload the page: its anti-forgery token does not fit the session.',
  ),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorRow {
  readonly http: number;
  readonly hub: number;
  readonly name: string;
  readonly amqp: string;
  readonly mqtt: 1 | 2 | 3 | 4 | 5;
  readonly retry: boolean;
  readonly advice: string;
}

function row(
  http: number,
  hub: number,
  name: string,
  amqp: string,
  mqtt: ErrorRow['mqtt'],
  retry: boolean,
  advice: string,
): ErrorRow {
  return { http, hub, name, amqp, mqtt, retry, advice };
}

/** A failure the caller should hear of. Anything else thrown is our bug, and the client learns only that. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The row of the table: how each protocol says this. */
  get row(): ErrorRow {
    return ERRORS[this.code];
  }
}

/** What the client may hear of any thrown thing: a refusal as it is, a fault as `server.fault`. */
export function asHubError(thrown: unknown): HubError {
  return thrown instanceof HubError ? thrown : new HubError('server.fault', 'internal error', { cause: thrown });
}
