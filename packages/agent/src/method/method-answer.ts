/** What a direct method gives back: an HTTP-like status and a JSON value. */
export interface MethodAnswer {
  readonly status: number;
  readonly payload: unknown;
}
