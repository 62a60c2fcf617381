/**
 * What the telemetry store looks like to whoever writes SQL against it: the compiler of the query language, and nobody else. The
 * tables behind it may be split in parts; these names stay.
 *
 *     series   one row a thing that is measured: device, module, component, name
 *       series_id  UINTEGER   never used twice
 *       device_id  VARCHAR
 *       module_id  VARCHAR    '' for the device itself
 *       component  VARCHAR    '' for the root
 *       name       VARCHAR    members of objects and vectors have rows of their own, named with dots: `position.lat`
 *
 *     points   one row a value
 *       series_id      UINTEGER
 *       time           TIMESTAMP_MS   the device's own time (`iothub-creation-time-utc`) where it gave a sane one, else the enqueued time
 *       enqueued_time  TIMESTAMP_MS
 *       seq            USMALLINT      tells messages of one device of the same millisecond apart, from 0
 *       type           UTINYINT       PointType
 *       number         DOUBLE         of numbers, and of booleans: 1 and 0
 *       text           VARCHAR        of strings; of objects and arrays, JSON
 *
 *     points_sample   a twentieth of the points, other ones each time: blocks of 2,048 rows that lie together. For estimates
 *
 *     latest   the newest of each series: series_id, time, enqueued_time, type, number, text
 *
 * What makes a statement fast: series as numbers (`series_id IN (1, 2)`), and times compared as what they are
 * (`time >= make_timestamp_ms(?)::TIMESTAMP_MS`); both are then looked up in the extremes of each block of rows, and most blocks are
 * never read. `time_bucket` wants `time::TIMESTAMP`.
 *
 * The values of one message share (device, enqueued_time, seq). Whose template a device has is the directory's to say.
 */
export const PointType = { number: 1, boolean: 2, string: 3, json: 4 } as const;
export type PointType = (typeof PointType)[keyof typeof PointType];
