/** How each protocol says one refusal; `errors.ts` tells what the members mean. */
export interface ErrorRow {
  readonly http: number;
  readonly hub: number;
  readonly name: string;
  readonly amqp: string;
  readonly mqtt: 1 | 2 | 3 | 4 | 5;
  readonly retry: boolean;
  readonly advice: string;
}

/** In the order in which a line of the table is read. */
export function row(
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
