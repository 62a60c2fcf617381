/** Queries to begin with, from the plainest on. Each runs on an empty fleet too. */
export const EXAMPLE_QUERIES: readonly { readonly title: string; readonly query: string }[] = [
  { title: 'All devices', query: 'SELECT * FROM devices' },
  {
    title: 'Connected now',
    query: "SELECT deviceId, lastActivityTime FROM devices WHERE connectionState = 'Connected'",
  },
  { title: 'By a tag', query: "SELECT * FROM devices WHERE tags.site = 'north'" },
  {
    title: 'By what they report',
    query: 'SELECT deviceId, properties.reported FROM devices WHERE properties.reported.temperature > 30',
  },
  { title: 'Without a tag', query: 'SELECT deviceId FROM devices WHERE NOT IS_DEFINED(tags.site)' },
  { title: 'How many a status', query: 'SELECT status, COUNT() AS devices FROM devices GROUP BY status' },
  { title: 'Modules', query: "SELECT * FROM devices.modules WHERE connectionState = 'Connected'" },
];
