// The rows of GET /v1/logs and GET /v1/logs/{id}. Fields that no screen reads are left out.

export interface Usage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
}

export interface Failure {
  kind: string;
  type: string;
  code?: string;
  param?: string;
  target?: string;
  message: string;
}

export interface Attempt {
  target: string;
  provider: string;
  model: string;
  span_id: string;
  status: number;
  retry: number;
  start_us: number;
  duration_us: number;
  first_chunk_us?: number;
  finish_reason?: string;
  error?: Failure;
}

export interface GuardrailResult {
  id: string;
  phase: string;
  pass: boolean;
  deny: boolean;
  action: string;
  duration_us: number;
  checks: { id: string; pass: boolean; error?: string; explanation?: string; duration_us: number }[];
}

export interface Span {
  id: string;
  parent?: string;
  name: string;
  kind: string;
  start_us: number;
  duration_us: number;
  status: string;
  attributes: Record<string, unknown>;
}

export interface Exchange {
  id: string;
  time: string;
  trace_id: string;
  workspace_name?: string;
  member: string;
  member_name?: string;
  api_key: string;
  api_key_name?: string;
  method: string;
  route: string;
  operation: string;
  stream: boolean;
  status: number;
  outcome: string;
  provider: string;
  virtual_key?: string;
  model: string;
  response_model?: string;
  latency_ms: number;
  ttft_ms: number | null;
  upstream_ms: number;
  gateway_ms: number;
  cost_usd: number | null;
  cost_known: boolean;
  cost_basis?: string;
  saved_usd: number;
  price?: string;
  usage: Usage | null;
  cache: {
    status: string;
    tier?: string;
    similarity?: number;
    threshold?: number;
    origin_request_id?: string;
    stored?: boolean;
    reason?: string;
  };
  config?: { source: string; slug?: string; version?: number; mode?: string };
  prompt?: { id: string; slug: string; version: number; label?: string; variant?: string };
  prompt_cache?: {
    state: string;
    session: string;
    previous_request?: string;
    path?: string;
    changed_by?: string;
    kept_bytes?: number;
    previous_bytes?: number;
  };
  guardrails: GuardrailResult[];
  attempts: Attempt[];
  error?: Failure;
  metadata: Record<string, string>;
  redacted?: Record<string, number>;
  body: string;
}

/** An exchange with its spans, and its bodies where they were kept. */
export interface FullExchange extends Exchange {
  spans?: Span[];
  request?: unknown;
  response?: unknown;
}

export interface Trace {
  data: FullExchange[];
  foreign_spans: Span[];
}
