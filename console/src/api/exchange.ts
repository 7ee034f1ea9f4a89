// The rows of GET /v1/logs and GET /v1/logs/{id}. schema.ts is generated.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Span = Schemas["Span"];

/** An exchange, with its spans and bodies where one is asked for and they were kept. */
export type Exchange = Schemas["Exchange"];

/** The outline of a span that a caller reported, around its calls. */
export type CallerSpan = Schemas["CallerSpan"];

/** The answer of GET /v1/logs/{id}. */
export interface Trace {
  data: Exchange[];
  foreign_spans: Span[] | null;
}
