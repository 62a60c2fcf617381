/**
 * Every bound of the platform, in one place. `docs/protocol/limits.md` lists the same names and a test compares them.
 * Azure's own figures where it documents one; ours, and said so, elsewhere.
 */
export const LIMITS = {
  /** Characters in a device or module id. */
  ID_CHARACTERS_MAX: 128,
  /** Telemetry: body plus values of system properties plus names and values of application properties, bytes. */
  TELEMETRY_BYTES_MAX: 262_144,
  /** Telemetry: messages of one batch over AMQP or HTTPS. Ours. */
  TELEMETRY_BATCH_MESSAGES_MAX: 10_000,
  /** MQTT: a whole packet; telemetry plus a topic of at most 65,535 bytes and the headers. */
  MQTT_PACKET_BYTES_MAX: 262_144 + 65_535 + 16,
  /** MQTT: a CONNECT packet, bytes; before a client is known it gets no more memory than this. */
  MQTT_CONNECT_BYTES_MAX: 16_384,
  /** MQTT: twin requests of one connection under way; reading pauses beyond. Ours. */
  MQTT_REQUESTS_IN_FLIGHT_MAX: 64,
  /** MQTT: effective keep-alive is 1.5 times what the client asked for, capped here, seconds. */
  MQTT_KEEP_ALIVE_SECONDS_MAX: 1_767,
  /** MQTT: time from accepted socket to a complete CONNECT, seconds. */
  MQTT_CONNECT_SECONDS_MAX: 60,
  /** MQTT: filters one connection may hold at a time. Ours: Azure documents 5, a C client may use 6 with module inputs. */
  MQTT_SUBSCRIPTIONS_MAX: 16,
  /** MQTT: bytes that may wait in a connection's send buffer before it is closed as too slow. */
  MQTT_SEND_BUFFER_BYTES_MAX: 4 * 1_048_576,
  /** MQTT: messages of one connection that may wait for the disk before the socket is paused. */
  MQTT_UNACKNOWLEDGED_MAX: 8_192,
  /** Time for a TLS handshake, seconds. */
  TLS_HANDSHAKE_SECONDS_MAX: 20,
  /** AMQP: frames we offer to receive, bytes. */
  AMQP_FRAME_BYTES_MAX: 65_536,
  /** AMQP: max-message-size on attach, bytes. */
  AMQP_MESSAGE_BYTES_MAX: 1_048_576,
  /** AMQP: messages of one connection that have not arrived whole, bytes, with what each piece takes. Ours. */
  AMQP_ARRIVING_BYTES_MAX: 64 * 1_048_576,
  /** AMQP: counted for each piece besides its bytes, so that pieces of nothing are not free. */
  AMQP_ARRIVING_PIECE_BYTES: 128,
  /** AMQP: transfer frames a peer may send on one session before it is given more. Ours. */
  AMQP_WINDOW_FRAMES: 2_048,
  /** AMQP: links of one connection. Ours: a thousand devices with four pairs each, and room for their successors. */
  AMQP_LINKS_MAX: 16_384,
  /** AMQP: links of one connection that has shown no token yet. */
  AMQP_LINKS_BEFORE_TOKEN_MAX: 16,
  /** AMQP: sessions of one connection. */
  AMQP_SESSIONS_MAX: 1_024,
  /** AMQP: unsettled messages a client may send on one link. */
  AMQP_LINK_CREDIT: 100,
  /** AMQP: answers that may wait for credit on a request link. */
  AMQP_ANSWERS_WAITING_MAX: 100,
  /** AMQP: commands delivered on one link and not yet settled, whose locks are good. Ours: what C# asks for in advance. */
  AMQP_COMMANDS_IN_FLIGHT_MAX: 50,
  /** AMQP: the same and those whose locks ran out; a link whose device never settles is detached beyond. Ours. */
  AMQP_COMMANDS_UNSETTLED_MAX: 250,
  /** AMQP: batches of feedback, or file notifications, that are out on one link of a back end, whatever its credit. Ours. */
  AMQP_LOCKED_IN_FLIGHT_MAX: 10,
  /** AMQP: the same and those whose locks ran out; a link whose back end never settles is detached beyond. Ours. */
  AMQP_LOCKED_UNSETTLED_MAX: 100,
  /** AMQP: body of a request for a twin, bytes. Ours: the section it may fill, and room for white space and nulls. */
  AMQP_TWIN_BODY_BYTES_MAX: 131_072,
  /** AMQP: tokens one connection may hold. */
  AMQP_TOKENS_MAX: 4_096,
  /** AMQP: bytes that may wait in a connection's send buffer before it is closed as too slow. */
  AMQP_SEND_BUFFER_BYTES_MAX: 8 * 1_048_576,
  /** AMQP: time from accepted socket to `open`, seconds. */
  AMQP_OPEN_SECONDS_MAX: 60,
  /** AMQP: time the peer has to answer a close, seconds. */
  AMQP_CLOSE_SECONDS_MAX: 2,
  /** AMQP: shortest idle time-out of a peer that is kept, milliseconds. */
  AMQP_PEER_IDLE_MS_MIN: 1_000,
  /** AMQP: idle time-out of a connection, seconds. */
  AMQP_IDLE_SECONDS: 240,
  /** Access tokens of one hub. Ours. */
  ACCESS_TOKENS_MAX: 1_000,
  /** Access tokens: characters of a name. */
  ACCESS_TOKEN_NAME_CHARACTERS_MAX: 64,
  /** Access tokens: life, days. */
  ACCESS_TOKEN_DAYS_DEFAULT: 90,
  ACCESS_TOKEN_DAYS_MAX: 3_650,
  /** Access tokens: their last use is kept this exactly, seconds. */
  ACCESS_TOKEN_USE_SECONDS: 60,
  /** Access tokens over AMQP: a connection shows its token again after this, so that a revoked one ends, seconds. Ours. */
  ACCESS_TOKEN_AMQP_SECONDS_MAX: 3_600,
  /** IoT Edge: layers of gateways below each other. */
  EDGE_NESTING_MAX: 5,
  /** Digital twins: operations of one JSON Patch. Ours. */
  DIGITAL_TWIN_PATCH_OPERATIONS_MAX: 512,
  /** C2D: body and properties, bytes. */
  COMMAND_BYTES_MAX: 65_536,
  /** C2D: waiting messages of one device. */
  COMMAND_QUEUE_DEPTH_MAX: 50,
  /** C2D: a delivered, unsettled message returns to the queue after this, seconds. */
  COMMAND_LOCK_SECONDS: 60,
  /** C2D over HTTPS: locks that a device may ask for, seconds. */
  COMMAND_LOCK_SECONDS_MIN: 5,
  COMMAND_LOCK_SECONDS_MAX: 300,
  /** C2D: life of a message without an expiry of its own, seconds. */
  COMMAND_TTL_SECONDS_DEFAULT: 3_600,
  /** C2D: longest life, seconds. */
  COMMAND_TTL_SECONDS_MAX: 172_800,
  /** C2D: deliveries of one message before it is given up. */
  COMMAND_DELIVERIES_MAX: 10,
  /** C2D over MQTT: delivered and not yet acknowledged, per connection. */
  COMMAND_IN_FLIGHT_MAX: 10,
  /** Feedback: records of one batch. */
  FEEDBACK_BATCH_RECORDS_MAX: 64,
  /** Feedback: a batch that is not full is sent after this, seconds. */
  FEEDBACK_BATCH_SECONDS: 15,
  /** Feedback: records waiting for a back end; the oldest go first. */
  FEEDBACK_QUEUE_RECORDS_MAX: 50_000,
  /** Files: characters in a blob's name, the device's folder included. */
  BLOB_NAME_CHARACTERS_MAX: 1_024,
  /** Files: one blob, bytes. Ours. */
  BLOB_BYTES_MAX: 262_144_000,
  /** Files: one block, bytes. Ours: Azure takes 4,000 MiB. */
  BLOB_BLOCK_BYTES_MAX: 104_857_600,
  /** Files: blocks of one blob, and staged for one. */
  BLOB_BLOCKS_MAX: 50_000,
  /** Files: characters of a block's id, base64; and bytes of the list that commits blocks. */
  BLOB_BLOCK_ID_CHARACTERS_MAX: 88,
  BLOB_BLOCK_LIST_BYTES_MAX: 8 * 1_048_576,
  /** Files: bytes that are staged and not committed, of all blobs; and blocks. Ours. */
  BLOB_STAGED_BYTES_MAX: 4 * 1_073_741_824,
  BLOB_STAGED_BLOCKS_MAX: 1_000_000,
  /** Files: bytes that are staged and not committed, of one device and its modules; and blocks. Ours: two of the largest files. */
  BLOB_STAGED_BYTES_PER_DEVICE_MAX: 524_288_000,
  BLOB_STAGED_BLOCKS_PER_DEVICE_MAX: 100_000,
  /** Files: staged blocks go so long after the last of their blob, seconds. Ours: permissions end sooner; Azure waits a week. */
  BLOB_STAGED_SECONDS_MAX: 7_200,
  /** Files: metadata of one blob, names and values, bytes. */
  BLOB_METADATA_BYTES_MAX: 8_192,
  /** Files: room on the disk that files leave to everything else, bytes. Ours. */
  BLOB_DISK_RESERVE_BYTES: 256 * 1_048_576,
  /** Files: a client's own request id that is sent back to it, characters. */
  BLOB_CLIENT_ID_CHARACTERS_MAX: 1_024,
  /** Files: of a body that is refused, bytes that are read and thrown away, for who is still sending reads no answer. Ours. */
  BLOB_DISCARDED_BYTES_MAX: 8 * 1_048_576,
  /** Files: blobs in one page of a list. */
  BLOB_PAGE_MAX: 5_000,
  /** Files: life of a permission to upload, seconds. */
  UPLOAD_SECONDS: 3_600,
  /** Files: uploads of one device that have not ended. */
  UPLOADS_ACTIVE_MAX: 10,
  /** Files: an upload whose permission ran out is remembered this long, so that its device hears why it is refused, seconds. Ours. */
  UPLOAD_REMEMBERED_SECONDS: 86_400,
  /** File notifications: life, and the lock of one that is out, seconds; deliveries before one is given up. */
  FILE_NOTIFICATION_TTL_SECONDS: 3_600,
  FILE_NOTIFICATION_LOCK_SECONDS: 60,
  FILE_NOTIFICATION_DELIVERIES_MAX: 100,
  /** File notifications waiting for a back end; the oldest go first. Ours. */
  FILE_NOTIFICATIONS_MAX: 50_000,
  /** Direct methods: payload each way, bytes. */
  METHOD_BYTES_MAX: 131_072,
  /** Direct methods: characters in a name. */
  METHOD_NAME_CHARACTERS_MAX: 100,
  /** Direct methods: seconds to answer, when the caller names none. */
  METHOD_RESPONSE_SECONDS_DEFAULT: 30,
  METHOD_RESPONSE_SECONDS_MIN: 5,
  METHOD_RESPONSE_SECONDS_MAX: 300,
  /** Direct methods: longest wait for a device to connect, seconds. */
  METHOD_CONNECT_SECONDS_MAX: 300,
  /** Direct methods: calls in flight to one device. */
  METHOD_IN_FLIGHT_MAX: 10,
  /** Jobs: that have not ended; one more is refused. Ours: Azure runs 1, 5 or 10. */
  JOBS_ACTIVE_MAX: 10_000,
  /** Jobs: that run side by side; the others are queued. */
  JOBS_RUNNING_MAX: 10,
  /** Jobs: methods that one job has under way; and changes of twins. Ours. */
  JOB_METHODS_IN_FLIGHT_MAX: 1_000,
  JOB_TWIN_UPDATES_IN_FLIGHT_MAX: 128,
  /** Jobs: seconds that one may run, when its maker names none, and at most. */
  JOB_SECONDS_DEFAULT: 3_600,
  JOB_SECONDS_MAX: 2_592_000,
  /** Jobs: how far ahead one may be scheduled, seconds. Ours. */
  JOB_AHEAD_SECONDS_MAX: 31_536_000,
  /** Jobs: of a device's answer, bytes that are kept; a longer payload is left out. Ours. */
  JOB_ANSWER_BYTES_MAX: 4_096,
  /** Jobs: how long one that ended is remembered, seconds; how many, and outcomes of devices in all; the oldest go first. */
  JOB_HISTORY_SECONDS: 2_592_000,
  JOBS_ENDED_MAX: 10_000,
  JOB_OUTCOMES_MAX: 10_000_000,
  /** Jobs: in one page of a list, and devices in one page of a job. */
  JOB_PAGE_MAX: 1_000,
  /** Import: one line of the file, bytes. Ours: a device with full twins has less. */
  IMPORT_LINE_BYTES_MAX: 1_048_576,
  /** Import: refused lines that the error log names; more are counted only. Ours. */
  IMPORT_ERRORS_MAX: 100_000,
  /** Import, export: one file in the hub's own container, bytes; and how long it stays there, seconds. Ours. */
  JOB_FILE_BYTES_MAX: 8 * 1_073_741_824,
  JOB_FILE_SECONDS: 604_800,
  /** Import, export: life of a signature for the hub's own container, seconds. */
  JOB_CONTAINER_SECONDS_DEFAULT: 3_600,
  JOB_CONTAINER_SECONDS_MAX: 604_800,
  /** Import, export: characters in a container's URI. */
  CONTAINER_URI_CHARACTERS_MAX: 4_096,
  /** Twin: desired or reported section as JSON without metadata, bytes. */
  TWIN_SECTION_BYTES_MAX: 32_768,
  /** Twin: tags as JSON, bytes. */
  TWIN_TAGS_BYTES_MAX: 8_192,
  /** Twin: nesting of objects. */
  TWIN_DEPTH_MAX: 10,
  /** Twin: one string value, bytes. */
  TWIN_STRING_BYTES_MAX: 4_096,
  /** Twin: one key, bytes. */
  TWIN_KEY_BYTES_MAX: 1_024,
  /** Twin: integers, both ways. */
  TWIN_INTEGER_MAX: 4_503_599_627_370_495,
  TWIN_INTEGER_MIN: -4_503_599_627_370_496,
  /** Registry: devices and modules. */
  DEVICES_MAX: 1_000_000,
  MODULES_PER_DEVICE_MAX: 50,
  /** Registry: entries kept in memory, so that a reconnecting device need not be read again. */
  REGISTRY_CACHE_MAX: 20_000,
  /** Registry: devices in one list or bulk page. */
  DEVICE_PAGE_MAX: 1_000,
  /** Registry: symmetric keys, bytes. */
  DEVICE_KEY_BYTES_MIN: 16,
  DEVICE_KEY_BYTES_MAX: 64,
  /** Registry: devices in one bulk request. Ours: Azure takes 100. */
  BULK_DEVICES_MAX: 1_000,
  /** Twin: writes of one twin that may wait for their turn. Ours. */
  WRITES_WAITING_MAX: 256,
  /** Query: characters of its text. */
  QUERY_CHARACTERS_MAX: 8_192,
  /** Query: nesting of parentheses, and of operators in one another. Ours. */
  QUERY_DEPTH_MAX: 64,
  /** Query: columns after SELECT. Ours. */
  QUERY_COLUMNS_MAX: 100,
  /** Query: parts of GROUP BY, and of ORDER BY. Ours. */
  QUERY_KEYS_MAX: 8,
  /** Query: rows that TOP may name: every device with all its modules. */
  QUERY_TOP_MAX: 51_000_000,
  /** Query: rows of a page when nobody says how many, and at most. */
  QUERY_PAGE_DEFAULT: 100,
  QUERY_PAGE_MAX: 1_000,
  /** Query: bytes of a page as JSON; a page of large documents ends with fewer rows. Ours. */
  QUERY_PAGE_BYTES_MAX: 4 * 1_048_576,
  /** Query: characters of a continuation; it holds the last row's values of ORDER BY. Ours. */
  QUERY_CONTINUATION_CHARACTERS_MAX: 65_536,
  /** Query: threads that run queries beside the server, queries that wait for one, and how long one may run, seconds. Ours. */
  QUERY_THREADS_MAX: 2,
  QUERIES_WAITING_MAX: 64,
  QUERY_SECONDS_MAX: 30,
  /** Query: one that runs longer, ms, and asks a tag or property by equality, gets an index for it. Ours. */
  QUERY_SLOW_MS: 100,
  /** Query: paths of twins that have an index. Ours. */
  QUERY_INDEXES_MAX: 16,
  /** Query: an index that one of this many last queries used keeps its place. Ours. */
  QUERY_INDEX_KEPT_QUERIES: 1_000,
  /** Query: characters of a text that an index holds; longer ones are found by looking at every twin. Ours. */
  QUERY_INDEX_TEXT_CHARACTERS_MAX: 256,
  /** Query: twins in one step of filling an index. Ours. */
  QUERY_INDEX_STEP_TWINS: 500,
  /** Query: values of an IN that an index is asked for in order of device; with more the devices are sorted. Ours. */
  QUERY_INDEX_MERGED_MAX: 16,
  /** Query: twins that are looked at for the paths an editor completes, and paths it is told. Ours. */
  QUERY_SAMPLE_TWINS: 200,
  QUERY_PATHS_KNOWN_MAX: 500,
  /** Presence changes that may wait to be written; the oldest go first. Ours. */
  PRESENCE_WAITING_MAX: 100_000,
  /** Connections that were, kept per identity, newest. Ours. */
  CONNECTIONS_PER_DEVICE_MAX: 100,
  /** Connections whose begin or end may wait to be written; the oldest go first. Ours. */
  CONNECTIONS_WAITING_MAX: 100_000,
  /** Configurations: how many there are. Ours: Azure takes 100, and so does the profile `strict`. */
  CONFIGURATIONS_MAX: 500,
  /** Configurations: characters in an id. */
  CONFIGURATION_ID_CHARACTERS_MAX: 128,
  /** Configurations: content as JSON, bytes. Ours. */
  CONFIGURATION_CONTENT_BYTES_MAX: 262_144,
  /** Configurations: paths that one content sets. Ours. */
  CONFIGURATION_SETTINGS_MAX: 1_000,
  /** Configurations: labels of one, and characters in the name or the value of one. */
  CONFIGURATION_LABELS_MAX: 50,
  CONFIGURATION_LABEL_CHARACTERS_MAX: 128,
  /** Configurations: custom metrics of one. Ours: Azure takes 5. */
  CONFIGURATION_METRICS_MAX: 20,
  /** Configurations: highest priority. */
  CONFIGURATION_PRIORITY_MAX: 2_147_483_647,
  /** Configurations: in one page of the list; of the devices of one, too. */
  CONFIGURATION_PAGE_MAX: 1_000,
  /** Configurations: devices and modules that are looked at in one step; between steps everything else has its turn. Ours. */
  CONFIGURATION_STEP_IDENTITIES: 200,
  /** Configurations: twins that are changed in a second. Ours. */
  CONFIGURATION_CHANGES_PER_SECOND_MAX: 2_000,
  /** Configurations: records of one partition that are read at a time for what happened to devices, bytes. Ours. */
  CONFIGURATION_READ_BYTES_MAX: 262_144,
  /** Configurations: changes of one device that come closer together than this are looked at once, milliseconds. Ours. */
  CONFIGURATION_COALESCE_MS: 250,
  /** Configurations: all conditions are evaluated anew for all devices after this, seconds. Azure's five minutes. */
  CONFIGURATION_ROUND_SECONDS: 300,
  /** Configurations: custom metrics are counted again after this, when something has happened, seconds. Ours. */
  CONFIGURATION_METRIC_SECONDS: 10,
  /** Configurations: what failed for the moment is tried again after this, seconds. Ours. */
  CONFIGURATION_RETRY_SECONDS: 5,
  /** Throttling: an acknowledgement is held at most this long; what would wait longer is refused, seconds. Ours. */
  THROTTLE_HOLD_SECONDS_MAX: 10,
  /** Throttling: devices and modules whose buckets are remembered; a forgotten bucket is a full one. Ours. */
  THROTTLED_DEVICES_MAX: 20_000,
  /** Daily quota: a message counts once for each piece of this size, bytes. */
  QUOTA_PIECE_BYTES: 4_096,
  /** Routing: endpoints besides the built-in one, routes and enrichments; and those of Azure, in profile strict. Ours. */
  ROUTING_ENDPOINTS_MAX: 100,
  ROUTING_ROUTES_MAX: 1_000,
  ROUTING_ENRICHMENTS_MAX: 100,
  ROUTING_ENDPOINTS_STRICT_MAX: 10,
  ROUTING_ROUTES_STRICT_MAX: 100,
  ROUTING_ENRICHMENTS_STRICT_MAX: 10,
  /** Routing: characters in the name of a route or endpoint, and in the key of an enrichment. */
  ROUTING_NAME_CHARACTERS_MAX: 64,
  /** Routing: characters in a condition, and in the value of an enrichment. Ours. */
  ROUTING_CONDITION_CHARACTERS_MAX: 8_192,
  ROUTING_ENRICHMENT_CHARACTERS_MAX: 4_096,
  /** Routing: the configuration of one endpoint as JSON, bytes. Ours. */
  ENDPOINT_CONFIGURATION_BYTES_MAX: 65_536,
  /** Routing: tables remembered for the records that were written under them; past it the oldest is forgotten. Ours. */
  ROUTING_VERSIONS_MAX: 1_000,
  /** Routing: twins kept in memory for conditions and enrichments; and for how long, milliseconds. Ours. */
  ROUTING_TWINS_CACHED_MAX: 10_000,
  ROUTING_TWIN_CACHED_MS: 2_000,
  /** Routing: newest records that a condition is tried on. Ours. */
  ROUTE_TEST_RECORDS_MAX: 10_000,
  /** Endpoints: messages of one delivery; and bytes of their bodies. Ours. */
  ENDPOINT_BATCH_MESSAGES_MAX: 1_000,
  ENDPOINT_BATCH_BYTES_MAX: 1_048_576,
  /** Endpoints: time of one delivery before it counts as failed, seconds. Ours. */
  ENDPOINT_DELIVERY_SECONDS_MAX: 60,
  /** Storage endpoints: one file, bytes; and how long its first message waits, seconds. Azure's largest wait; the size is ours. */
  STORAGE_FILE_BYTES_MAX: 200 * 1_048_576,
  STORAGE_BATCH_SECONDS_MAX: 720,
  /** Storage endpoints in profile strict: Azure's least. */
  STORAGE_FILE_BYTES_STRICT_MIN: 10 * 1_048_576,
  STORAGE_BATCH_SECONDS_STRICT_MIN: 60,
  /** Storage endpoints: life of a permission to read their files, hours. Ours. */
  STORAGE_ACCESS_HOURS_MAX: 8_760,
  /** Storage endpoints, S3: a larger file is sent in parts of this size, bytes; the least that S3 takes. In memory for each partition. */
  S3_PART_BYTES: 5 * 1_048_576,
  /** Storage endpoints, S3: time of one request before it counts as failed, seconds; tried twice. Ours. */
  S3_ANSWER_SECONDS_MAX: 25,
  /** Webhooks: time without a word from the receiver, seconds. Ours. */
  WEBHOOK_ANSWER_SECONDS_MAX: 30,
  /** Webhooks: headers of the operator's. Ours. */
  WEBHOOK_HEADERS_MAX: 32,
  /** Endpoints: first and longest wait before a failed delivery is tried again, milliseconds. Ours. */
  ENDPOINT_RETRY_MS_MIN: 500,
  ENDPOINT_RETRY_MS_MAX: 60_000,
  /** Endpoints: one that has failed this long is dead, seconds; it is still tried. Ours. */
  ENDPOINT_DEAD_SECONDS: 3_600,
  /** Endpoints: what was refused or lost, kept of one endpoint, newest. Ours. */
  ENDPOINT_LOSSES_MAX: 100,
  /** Fault injection: delay and duration that a device may order, seconds. Ours. */
  FAULT_SECONDS_MAX: 300,
  /** Fault injection: devices whose faults are remembered; the oldest go first. Ours. */
  FAULTS_MAX: 1_000,
  STATUS_REASON_CHARACTERS_MAX: 128,
  /** Certificate authorities whose signature lets a device in. Ours: Azure takes 25. */
  CA_CERTIFICATES_MAX: 100,
  /** Certificate authorities: characters in a name. */
  CA_CERTIFICATE_NAME_CHARACTERS_MAX: 64,
  /** Certificates between a device's own and a registered authority's. Ours. */
  CERTIFICATE_CHAIN_DEPTH_MAX: 6,
  /** Intermediates that led to an authority once, kept for resumed TLS sessions, which do not send them. Ours. */
  INTERMEDIATES_REMEMBERED_MAX: 1_000,
  /** Chains that led nowhere yet, kept for the same reason: how many, and bytes of one. Ours. */
  CHAINS_REMEMBERED_MAX: 4_096,
  CHAIN_REMEMBERED_BYTES_MAX: 16_384,
  /** REST: request body, bytes. */
  HTTP_BODY_BYTES_MAX: 1_048_576,
  /** Event log: one record, bytes. */
  RECORD_BYTES_MAX: 1_048_576,
  /** Event log: records of one commit, bytes. */
  COMMIT_BYTES_MAX: 8_388_608,
  /** Event log: records accepted and not yet durable, bytes; past this the log refuses. */
  LOG_WAITING_BYTES_MAX: 67_108_864,
  /** Event log: partitions; Event Hubs' own bound. */
  PARTITIONS_MAX: 32,
  /** Event Hubs endpoint: readers without owner level on one partition of one consumer group. */
  CONSUMERS_PER_PARTITION_MAX: 5,
  /** Event Hubs endpoint: consumer groups, `$Default` among them; and characters in a name. */
  CONSUMER_GROUPS_MAX: 20,
  CONSUMER_GROUP_NAME_CHARACTERS_MAX: 50,
  /** Checkpoints of readers, kept as blobs: bytes of one, and life of the permission to keep them, seconds. Ours. */
  CHECKPOINT_BYTES_MAX: 65_536,
  CHECKPOINT_PERMISSION_SECONDS: 31_536_000,
  /** Event Hubs endpoint: characters that are kept of what a reader calls itself. */
  READER_NAME_CHARACTERS_MAX: 128,
  /** Event Hubs endpoint: a reader for whom events wait and who gives no credit is detached after this, seconds. Ours. */
  CONSUMER_STALLED_SECONDS_MAX: 1_800,
  /** Endpoints: time to connect and sign in, and without a sign of life during a delivery, seconds. Ours. */
  ENDPOINT_CONNECT_SECONDS_MAX: 15,
  ENDPOINT_STALLED_SECONDS_MAX: 30,
  /** Endpoints: messages of one connection that the peer has not acknowledged. Ours. */
  ENDPOINT_UNSETTLED_MAX: 256,
  /** Endpoints: brokers or servers named in one configuration; characters of an address, of a name, and of a secret. Ours. */
  ENDPOINT_BROKERS_MAX: 16,
  ENDPOINT_ADDRESS_CHARACTERS_MAX: 512,
  ENDPOINT_NAME_CHARACTERS_MAX: 256,
  ENDPOINT_SECRET_CHARACTERS_MAX: 16_384,
  /** Endpoints: life of a token for Event Hubs or Service Bus; it is renewed after two thirds, seconds. Ours. */
  ENDPOINT_TOKEN_SECONDS: 3_600,
  /** Endpoints: messages of one request to a Kafka broker, bytes: below the 1,048,588 that brokers take by default. */
  ENDPOINT_KAFKA_REQUEST_BYTES_MAX: 900_000,
  /** Refusals kept per device, newest first; and in all. */
  REFUSALS_PER_DEVICE_MAX: 20,
  REFUSALS_MAX: 10_000,
  /** Of a refusal or the end of a connection: characters of the message that are kept, and of the peer's address. */
  REASON_CHARACTERS_MAX: 500,
  ADDRESS_CHARACTERS_MAX: 64,
  /** Shared access signature: characters. */
  SAS_CHARACTERS_MAX: 4_096,
  /** Console: failed sign-ins from one address per minute. */
  SIGN_IN_ATTEMPTS_PER_MINUTE_MAX: 10,
  /** Console: a session without use ends, seconds. */
  CONSOLE_SESSION_SECONDS: 43_200,
  /** Console: a one-time administrator link is valid, seconds. */
  ADMIN_LINK_SECONDS: 86_400,
  /** Console: one-time links open at a time; the oldest go first. */
  ADMIN_LINKS_MAX: 16,
  /** Console: sessions of one person; the longest unused go first. */
  CONSOLE_SESSIONS_PER_PERSON_MAX: 32,
  /** Console: addresses whose failed sign-ins are counted; the oldest go first. */
  SIGN_IN_ADDRESSES_MAX: 10_000,
  /** Console: passwords waiting to be checked; one is checked at a time. */
  PASSWORD_CHECKS_WAITING_MAX: 32,
  PASSWORD_CHARACTERS_MIN: 12,
  PASSWORD_CHARACTERS_MAX: 256,
  USER_NAME_CHARACTERS_MAX: 64,
  /** Console: lines of the audit, newest; and the characters of a text in one. */
  AUDIT_ENTRIES_MAX: 100_000,
  AUDIT_TEXT_CHARACTERS_MAX: 256,
  /** Console: lines of the audit in one page. */
  AUDIT_PAGE_MAX: 1_000,
  /** Console: live streams one session may hold. */
  LIVE_STREAMS_PER_SESSION_MAX: 16,
  /** Console: a silent live stream says something after this, seconds; its session is checked at the same time. */
  LIVE_HEARTBEAT_SECONDS: 15,
  /** Console: a live stream whose reader takes nothing for this long is ended, seconds. */
  LIVE_STALLED_SECONDS_MAX: 60,
  /** Console: records of one partition that are read for the history of a device, newest. */
  HISTORY_RECORDS_MAX: 500_000,
  /** Console: history asked for, seconds. */
  HISTORY_SECONDS_MAX: 604_800,
  /** Console: bodies of the messages in one answer, bytes; the newest are kept. */
  MESSAGES_PAGE_BYTES_MAX: 16 * 1_048_576,
  /** Console: of a queued command, the bytes that are shown. */
  COMMAND_PREVIEW_BYTES_MAX: 4_096,
  /** Console: a file larger than this is downloaded, not shown, bytes. */
  FILE_PREVIEW_BYTES_MAX: 2 * 1_048_576,
  /** Files of a device in one page of the list. */
  FILES_PAGE_MAX: 500,
  /** Console: devices and modules that are enabled, disabled or deleted by one request. */
  CONSOLE_BULK_MAX: 100,
  /** Console: queries saved under a name, all people's together; and characters in such a name. Ours. */
  SAVED_QUERIES_MAX: 1_000,
  SAVED_QUERY_NAME_CHARACTERS_MAX: 100,
  /** Console: a pasted certificate, characters. */
  PEM_CHARACTERS_MAX: 65_536,
  /** Console: devices named as seen in one tick; the others follow in the next. */
  TICK_DEVICES_MAX: 1_000,
  /** Console: nesting of a JSON body that is shown as JSON; deeper ones are shown as text. */
  JSON_BODY_DEPTH_MAX: 200,
  /** Models: one document, bytes; documents kept in memory; and nesting of schemas. */
  MODEL_BYTES_MAX: 1_048_576,
  MODELS_CACHED_MAX: 1_000,
  MODEL_DEPTH_MAX: 12,
  /** Models: interfaces that one may need, by extending them and as components. */
  MODEL_INTERFACES_MAX: 200,
  /** Models: fields and states that are read of one, wherever their schema is used. Ours. */
  MODEL_FIELDS_MAX: 20_000,
  /** Models: files of a models folder that a search looks through, and interfaces that it names. Ours. */
  MODEL_FILES_SEARCHED_MAX: 50_000,
  MODEL_SEARCH_ROWS_MAX: 50,
  /** Server: time to finish what is under way after SIGTERM, seconds. */
  DRAIN_SECONDS_MAX: 10,
  /** Server: open connections of one listener. Ours: file descriptors usually end sooner. */
  CONNECTIONS_PER_LISTENER_MAX: 250_000,
  /** WebSocket: one message, bytes: the largest AMQP message and its framing. */
  WEBSOCKET_MESSAGE_BYTES_MAX: 1_048_576 + 65_536,
  /** HTTPS: time to send the head of a request, seconds. */
  HTTP_HEAD_SECONDS_MAX: 20,
  /** HTTPS: time to send a whole request, seconds. */
  HTTP_REQUEST_SECONDS_MAX: 60,
  /** HTTPS: a body that takes longer must have come at this rate at least, bytes a second. Ours. */
  HTTP_BODY_BYTES_PER_SECOND_MIN: 1_024,
  /** HTTPS: an idle connection is kept, seconds. */
  HTTP_KEEP_ALIVE_SECONDS: 75,
  /** Server: its own JSON log file, bytes; one older file is kept. */
  SERVER_LOG_BYTES_MAX: 16 * 1_048_576,
  /** Server: longest wait before the agent is started again, seconds. */
  AGENT_RESTART_SECONDS_MAX: 60,
  /** Provisioning: individual enrolments, and registrations. */
  ENROLLMENTS_MAX: 1_000_000,
  /** Provisioning: enrolment groups. Ours: Azure documents 100 of certificates and 100 of keys. */
  ENROLLMENT_GROUPS_MAX: 1_000,
  /** Provisioning: enrolments of one bulk operation. */
  ENROLLMENTS_BULK_MAX: 10,
  /** Provisioning: enrolments or registrations in one page of a query. */
  ENROLLMENTS_PAGE_MAX: 1_000,
  /** Provisioning: enrolments that one page of a query looks at; a page may hold fewer than were asked for, and go on. Ours. */
  ENROLLMENTS_SCANNED_MAX: 10_000,
  /** Provisioning: devices that are disabled, enabled or deleted at a time with their enrolment. Ours. */
  ENROLLMENT_DEVICES_ACTIVE_MAX: 16,
  /** Provisioning: devices that an answer names for which that failed; the others are counted. Ours. */
  ENROLLMENT_DEVICES_TOLD_MAX: 100,
  /** Provisioning: `apiVersion` of a custom allocation, characters. Ours. */
  ALLOCATION_API_VERSION_CHARACTERS_MAX: 32,
  /** Provisioning: `optionalDeviceInformation`, bytes. Ours. */
  OPTIONAL_DEVICE_INFORMATION_BYTES_MAX: 8_192,
  /** Provisioning: linked hubs. */
  LINKED_HUBS_MAX: 50,
  /** Provisioning: a request or answer of a device, bytes. */
  PROVISIONING_MESSAGE_BYTES_MAX: 98_304,
  /** Provisioning: registrations under way at a time; more wait their turn. Ours. */
  ASSIGNMENTS_ACTIVE_MAX: 64,
  /** Provisioning: registrations that wait for their turn; more are refused. Ours. */
  ASSIGNMENTS_WAITING_MAX: 10_000,
  /** Provisioning: time for one assignment, its webhook and its hubs included, seconds. Ours. */
  ASSIGNMENT_SECONDS_MAX: 60,
  /** Provisioning: time for one request to an allocation webhook, seconds. It is asked twice. */
  ALLOCATION_WEBHOOK_SECONDS_MAX: 5,
  /** Provisioning: answer of an allocation webhook, bytes. Ours. */
  ALLOCATION_ANSWER_BYTES_MAX: 98_304,
  /** Provisioning: time for one request to a linked hub, seconds. Ours. */
  LINKED_HUB_SECONDS_MAX: 20,
  /** Provisioning: how long the measured distance of a linked hub counts, seconds. Ours. */
  HUB_LATENCY_SECONDS: 60,
  /** Provisioning: devices whose polls are counted at a time; the longest silent are forgotten. Ours. */
  POLLING_DEVICES_REMEMBERED_MAX: 20_000,
  /** Provisioning: addresses whose refusals are counted at a time: 200 at once and 2 a second of each are booked. Ours. */
  REFUSED_ADDRESSES_REMEMBERED_MAX: 20_000,
  /** Provisioning: attempts that are kept for the operator; the oldest go. Ours. */
  ATTEMPTS_MAX: 10_000,
  /** Provisioning: attempts that wait to be written. Ours. */
  ATTEMPTS_UNSAVED_MAX: 10_000,
  /** Provisioning: connections of devices that register, at a time and of one listener. Ours. */
  PROVISIONING_CONNECTIONS_MAX: 10_000,
  /** Provisioning: a connection of a device that registers may last, seconds. Ours. */
  PROVISIONING_CONNECTION_SECONDS_MAX: 1_800,
  /** Provisioning: the public half of a TPM's key (TPM2B_PUBLIC, base64), characters. Ours: that of an RSA-2048 key has 424. */
  TPM_PUBLIC_CHARACTERS_MAX: 1_024,
  /** Provisioning: how long a TPM's challenge holds at least, seconds; at most twice as long. Ours. */
  TPM_CHALLENGE_SECONDS: 600,
  /** Provisioning: requests of one MQTT connection that are being answered; no more are read meanwhile. Ours. */
  PROVISIONING_REQUESTS_IN_FLIGHT_MAX: 8,
  /** Provisioning: what a MQTT connection may have to be sent, bytes, before it is given up. Ours. */
  PROVISIONING_SEND_BUFFER_BYTES_MAX: 524_288,
  /** Provisioning over AMQP: time until a request was let in, seconds. Ours. */
  PROVISIONING_FIRST_REQUEST_SECONDS_MAX: 60,
  /** Provisioning over AMQP: links of one connection. Devices use two. Ours. */
  PROVISIONING_LINKS_MAX: 8,
  /** Provisioning over AMQP: requests of one connection that are under way or whose answers wait for credit. Ours. */
  PROVISIONING_REQUESTS_MAX: 4,
  /** Provisioning: a request for a certificate (PKCS #10, base64), characters. */
  CSR_CHARACTERS_MAX: 10_924,
  /** Renewal over MQTT: requests that are being signed at a time; more are refused. Ours. */
  RENEWALS_ACTIVE_MAX: 256,
  /** Renewal over MQTT: certificates that wait for their device to listen; the oldest go. Ours. */
  RENEWALS_WAITING_MAX: 10_000,
  /** Renewal over MQTT: how long a certificate waits for its device to listen, hours. */
  RENEWAL_HOURS_MAX: 12,
  /** Provisioning: how long issued certificates hold, days. Ours: Azure has 7 to 90. */
  ISSUED_CERTIFICATE_DAYS_MAX: 3_650,
  /** Provisioning: credential policies. Ours. */
  CREDENTIAL_POLICIES_MAX: 100,
  /** Central: device templates. Source: Azure IoT Central. */
  DEVICE_TEMPLATES_MAX: 1_000,
  /** Central: capabilities of one template. Ours; IoT Central has 300. */
  TEMPLATE_CAPABILITIES_MAX: 1_000,
  /** Central: a template with everything inlined, bytes. Ours. */
  TEMPLATE_BYTES_MAX: 1_048_576,
  /** Models: documents that wait for the parser of DTDL; how long it may read one, seconds; and how long it stays without work, seconds. Ours. */
  DTDL_PARSES_WAITING_MAX: 64,
  DTDL_PARSE_SECONDS_MAX: 30,
  DTDL_PARSER_IDLE_SECONDS: 60,
  /** Models: faults that one refusal names; the others are counted. Ours. */
  MODEL_FAULTS_TOLD_MAX: 20,
  /** Models made of what a device sends: capabilities, as DTDL v2 has it; keys that are looked at; fields of an object and distinct states, as DTDL v2 has them. */
  INFERRED_FIELDS_MAX: 300,
  INFERRED_KEYS_MAX: 2_000,
  INFERRED_OBJECT_FIELDS_MAX: 30,
  INFERRED_STATES_MAX: 12,
  /** Models made of what a device sends: messages that are looked at, the newest; how far back, seconds; and keys that are named as left out. Ours. */
  INFERRED_MESSAGES_MAX: 500,
  INFERRED_SECONDS: 86_400,
  INFERRED_SKIPPED_TOLD_MAX: 50,
  /** Templates: devices that one request gives another template. Ours. */
  TEMPLATE_MIGRATIONS_MAX: 10_000,
  /** Models: characters of a name for people. Source: DTDL v2. */
  MODEL_DISPLAY_NAME_CHARACTERS_MAX: 64,
  /** Models: characters of an identifier, and of one of an interface. Source: DTDL v2, digital twin model identifiers. */
  MODEL_ID_CHARACTERS_MAX: 2_048,
  INTERFACE_ID_CHARACTERS_MAX: 128,
  /** Central: device groups. Source: Azure IoT Central. */
  DEVICE_GROUPS_MAX: 500,
  /** Central: terms of a filter. Source: Azure IoT Central, filters per group. */
  FILTER_TERMS_MAX: 100,
  /** Central: characters of a pattern behind LIKE. Ours. */
  LIKE_CHARACTERS_MAX: 512,
  /** Central: dashboards. Ours. */
  DASHBOARDS_MAX: 1_000,
  /** Central: tiles of one dashboard. Ours. */
  DASHBOARD_TILES_MAX: 100,
  /** Central: characters of the name of a dashboard, a tile or a variable. Ours. */
  DASHBOARD_NAME_CHARACTERS_MAX: 256,
  /** Central: characters of a text on a tile. Ours. */
  DASHBOARD_TEXT_CHARACTERS_MAX: 32_768,
  /** Central: characters of a picture on a tile, as a data URL. Ours. */
  DASHBOARD_IMAGE_CHARACTERS_MAX: 262_144,
  /** Central: variables of one dashboard. Ours. */
  DASHBOARD_VARIABLES_MAX: 10,
  /** Central: things measured that one tile shows. Ours. */
  TILE_CAPABILITIES_MAX: 50,
  /** Central: saved explorations. Ours. */
  EXPLORATIONS_MAX: 1_000,
  /** Central: lines of one exploration, before they are split. Ours. */
  EXPLORATION_LINES_MAX: 20,
  /** Central: markers of one exploration. Ours. */
  EXPLORATION_MARKERS_MAX: 100,
  /** Central: API tokens. Ours. */
  API_TOKENS_MAX: 1_000,
  /** Central: days that an API token is good for where its maker does not say. Source: Azure IoT Central, about a year. */
  API_TOKEN_DAYS_DEFAULT: 365,
  /** Central: days that an API token may be good for. Ours. */
  API_TOKEN_DAYS_MAX: 3_650,
  /** Central: characters in the id of an API token. Ours. */
  API_TOKEN_ID_CHARACTERS_MAX: 128,
  /** Central: organizations. Source: Azure IoT Central. */
  ORGANIZATIONS_MAX: 200,
  /** Central: levels of organizations. Source: Azure IoT Central. */
  ORGANIZATION_DEPTH_MAX: 5,
  /** Central, REST: items of a page where the client does not say. Source: Azure IoT Central. */
  API_PAGE_DEFAULT: 25,
  /** Central, REST: items of a page. Source: Azure IoT Central. */
  API_PAGE_MAX: 100,
  /** Central, REST: requests a second in the strict profile. Source: Azure IoT Central. */
  API_REQUESTS_PER_SECOND_STRICT: 20,
  /** Central, REST: queries a second in the strict profile. Source: Azure IoT Central. */
  API_QUERIES_PER_SECOND_STRICT: 1,
  /** Directory: values that one write of a device's twin adds to what filters find, and names of properties in all. Ours. */
  DIRECTORY_VALUES_PER_WRITE_MAX: 1_000,
  DIRECTORY_PATHS_MAX: 50_000,
  /** Directory: questions and changes that wait for its threads; more are refused. Ours. */
  DIRECTORY_WAITING_MAX: 1_024,
  /** Directory: records of one partition that are read at a time, bytes; and devices that are compared with the hub's at a time. Ours. */
  DIRECTORY_READ_BYTES_MAX: 262_144,
  DIRECTORY_RESYNC_DEVICES: 200,
  /** Directory: columns of one list; names of properties that are offered; and devices that one bulk action is about. Ours. */
  DIRECTORY_COLUMNS_MAX: 20,
  DIRECTORY_COLUMNS_OFFERED_MAX: 1_000,
  DIRECTORY_IDS_MAX: 200_000,
  /**
   * Central: CSV imports that run at a time, and that are remembered; devices that one makes side by side, between two notes of how far it is;
   * refusals that it shows, and that all imports together keep: beyond, the oldest import is forgotten. Ours.
   */
  CSV_IMPORTS_ACTIVE_MAX: 2,
  CSV_IMPORTS_KEPT: 20,
  CSV_IMPORT_SIDE_BY_SIDE: 32,
  CSV_IMPORT_REFUSALS_SHOWN: 20,
  CSV_IMPORT_REFUSALS_KEPT: 400_000,
  /** Central: runs of commands that are remembered, of one device and in all, the newest; of a request or an answer, bytes that are kept. Ours. */
  COMMAND_RUNS_PER_DEVICE_MAX: 100,
  COMMAND_RUNS_MAX: 100_000,
  COMMAND_RUN_BYTES_MAX: 16_384,
  /** Central: relationships between devices. Ours. */
  DEVICE_RELATIONSHIPS_MAX: 500_000,
  /** Central: devices in one page of a list. Source: `maxpagesize` of Azure IoT Central has 100; ours in the console. */
  CENTRAL_DEVICE_PAGE_MAX: 1_000,
  /** Central: characters of a device's or a group's name. Source: Azure IoT Central has 148. */
  CENTRAL_NAME_CHARACTERS_MAX: 148,
  /** Central: cloud properties of one device as JSON, bytes. Ours. */
  CLOUD_PROPERTIES_BYTES_MAX: 32_768,
  /** Central: simulated devices. Ours; IoT Central has 100. */
  SIMULATED_DEVICES_MAX: 1_000,
  /** Central: how often a simulated device speaks, seconds. Ours. */
  SIMULATION_INTERVAL_SECONDS_MIN: 1,
  SIMULATION_INTERVAL_SECONDS_DEFAULT: 10,
  SIMULATION_INTERVAL_SECONDS_MAX: 86_400,
  /** Central: devices of one CSV import. Ours. */
  CSV_IMPORT_DEVICES_MAX: 200_000,
  /** Central: a CSV import, bytes. Ours. */
  CSV_IMPORT_BYTES_MAX: 33_554_432,
  /** History: things measured of one device, members of objects included; more stay in the messages only. Ours. */
  SERIES_PER_DEVICE_MAX: 1_000,
  /** History: and of all devices together, for what is measured is known in memory, some 400 bytes each. Ours. */
  SERIES_MAX: 3_000_000,
  /** History: how deep members of objects get rows of their own. Source: DTDL v2, depth of an object. */
  SERIES_DEPTH_MAX: 5,
  /** History: characters of a series' name. Ours. */
  SERIES_NAME_CHARACTERS_MAX: 512,
  /** History: bytes of a value that are kept; the rest of a text is cut, and of a larger object only its members are kept. Ours. */
  SERIES_TEXT_BYTES_MAX: 4_096,
  /** History: how far the time that a device gives may lie ahead of the clock, seconds; further off, the enqueued time counts. Ours. */
  DEVICE_TIME_AHEAD_SECONDS_MAX: 300,
  /** History: what was taken from the log is written after this, and can be read then, ms. Ours. */
  HISTORY_COMMIT_MS: 400,
  /** History: counts of what is no point are written after this, seconds. Ours. */
  HISTORY_DROPS_SECONDS: 10,
  /** History: sorting, retention and a look at the disk are this often, seconds. Ours. */
  HISTORY_UPKEEP_SECONDS: 5,
  /** History: a deleted device is remembered this long, so that what it had said before does not make it anew, seconds. Ours. */
  HISTORY_GONE_SECONDS: 86_400,
  /** History: room on the disk that it leaves to everything else, bytes. Ours. */
  HISTORY_DISK_RESERVE_BYTES: 512 * 1_048_576,
  /** History: bytes of the log on their way into the store. Ours. */
  HISTORY_IN_FLIGHT_BYTES_MAX: 4 * 1_048_576,
  /** History: after a fault of the store it is opened again so much later, seconds. Ours. */
  HISTORY_RESTART_SECONDS: 5,
  /** History: and twice as much later each time it fails again, up to this, seconds. Ours. */
  HISTORY_RESTART_SECONDS_MAX: 300,
  /** History: versions of one twin that are kept. Ours. */
  TWIN_VERSIONS_MAX: 1_000,
  /** History: changes of a twin after which it is kept as a whole again. Ours. */
  TWIN_VERSIONS_PER_WHOLE: 50,
  /** History: wholes are made, and old versions removed, this often, seconds. Ours. */
  TWIN_VERSIONS_UPKEEP_SECONDS: 60,
  /** History: bytes of values in one answer about what became of a property. Ours. */
  PROPERTY_HISTORY_BYTES_MAX: 1_048_576,
  /** History: days of one look at when a device was connected, and changes it is worked out from, the newest. Ours. */
  CONNECTIVITY_DAYS_MAX: 400,
  CONNECTIVITY_CHANGES_MAX: 20_000,
  /** History: stretches of a day in which a device was online that one answer tells apart. Ours. */
  CONNECTIVITY_STAYS_PER_DAY_MAX: 200,
  /** History: queries that run at a time. Ours. */
  HISTORY_QUERIES_MAX: 4,
  /** History: queries that wait for their turn; more are refused. Ours. */
  HISTORY_QUERIES_WAITING_MAX: 64,
  /** History: how long one query may run, seconds. Ours. */
  HISTORY_QUERY_SECONDS_MAX: 30,
  /** History: points, or buckets, of one line. Ours. */
  SERIES_POINTS_MAX: 5_000,
  /** History: points that a chart is thinned from one by one; of more, the store keeps the extremes of short intervals first. Ours. */
  SERIES_RAW_POINTS_MAX: 200_000,
  /** History: of more numbers than these, the first picture of a chart is an estimate. Ours. */
  SERIES_ESTIMATE_POINTS_MIN: 2_000_000,
  /** History: lines of one answer. Ours. */
  SERIES_LINES_MAX: 64,
  /** History: devices that one request names. Ours. */
  SERIES_DEVICES_MAX: 1_000,
  /** History: requests of one batch. Ours. */
  SERIES_REQUESTS_MAX: 100,
  /** Query language: characters of a query. Ours; the strict profile has Azure IoT Central's 350. */
  CENTRAL_QUERY_CHARACTERS_MAX: 65_536,
  /** Query language: selected items. Ours; the strict profile has Azure IoT Central's 15. */
  CENTRAL_QUERY_ITEMS_MAX: 100,
  /** Query language: rows of one answer. Ours; the strict profile has Azure IoT Central's 10,000, and 1,000 of properties. */
  CENTRAL_QUERY_ROWS_MAX: 100_000,
  /** Query language: rows of a download. Ours. */
  CENTRAL_DOWNLOAD_ROWS_MAX: 10_000_000,
  /** Query language: devices that one query is about. Ours. */
  CENTRAL_QUERY_DEVICES_MAX: 200_000,
  /** Generated views: what people changed of one, bytes of JSON. Ours. */
  VIEW_EDITS_BYTES_MAX: 262_144,
  /** Generated views: fields of one change. Ours. */
  VIEW_EDIT_FIELDS_MAX: 1_000,
} as const;
