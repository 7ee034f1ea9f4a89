// All calls to the server go through `call`. The session's cookie is sent by the browser; changes
// also need the CSRF token that the server told with the session.

import { readEvents, type StreamEvent } from "./events";

/** Where the server is: one level above the console, whatever prefix a proxy adds. */
export const serverURL = new URL("../", document.baseURI);

let csrf = "";

/** setCSRF keeps the token that changes are sent with. */
export function setCSRF(token: string): void {
  csrf = token;
}

/** What the server answered instead of a result. */
export class APIError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field: string,
    readonly requestID: string,
  ) {
    super(message);
  }
}

export type Query = Record<string, string | number | undefined>;

export interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Calls to models are made with an API key: a session cannot, because budgets are of keys. */
  apiKey?: string;
  /** Recorded with a call to a model. */
  metadata?: Record<string, string>;
  /** How a call to a model uses the cache; else as the server's settings say. */
  cache?: "off";
  /** Called when the answer has begun. */
  onOpen?: () => void;
}

const eventStream = "text/event-stream";

/** A server that does not answer within this time is treated as down. */
const deadline = 20_000;

async function send(
  path: string,
  { method = "GET", query, body, signal, apiKey, metadata, cache }: Options,
  accept: string,
): Promise<Response> {
  const url = new URL(path, serverURL);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== "") {
      url.searchParams.set(name, String(value));
    }
  }
  const headers: Record<string, string> = { accept };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
  }
  if (metadata !== undefined) {
    headers["x-sluice-metadata"] = asciiJSON(metadata);
  }
  if (cache !== undefined) {
    headers["x-sluice-cache"] = cache;
  }
  if (apiKey !== undefined) {
    headers.authorization = `Bearer ${apiKey}`;
  } else if (method !== "GET" && csrf) {
    headers["x-csrf-token"] = csrf;
  }
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), deadline);
  const init: RequestInit = {
    method,
    headers,
    credentials: apiKey === undefined ? "same-origin" : "omit",
    signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
  };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (err) {
    if (signal?.aborted) {
      throw err;
    }
    throw new APIError(0, "", "", "");
  } finally {
    if (accept === eventStream) {
      clearTimeout(timer); // a stream may last
    }
  }
  if (!response.ok) {
    throw await errorOf(response);
  }
  return response;
}

/** asciiJSON is JSON for a header, in which a browser takes no other characters. */
function asciiJSON(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

async function errorOf(response: Response): Promise<APIError> {
  const id = response.headers.get("x-request-id") ?? "";
  try {
    const { error } = (await response.json()) as { error?: { message?: string; param?: string } };
    return new APIError(response.status, error?.message ?? response.statusText, error?.param ?? "", id);
  } catch {
    return new APIError(response.status, response.statusText, "", id);
  }
}

/** call sends a request to the server's API and returns its answer. */
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  const response = await send(path, options, "application/json");
  return (await response.json()) as T;
}

/** callWithID is call, with the id under which the request is recorded. */
export async function callWithID<T>(path: string, options: Options): Promise<{ id: string; data: T }> {
  const response = await send(path, options, "application/json");
  return { id: response.headers.get("x-request-id") ?? "", data: (await response.json()) as T };
}

/** events sends a request and yields the events of the answer. */
export async function* events(path: string, options: Options): AsyncGenerator<StreamEvent> {
  const response = await send(path, options, eventStream);
  options.onOpen?.();
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (reader) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const read = readEvents(rest + value);
    rest = read.rest;
    yield* read.events;
  }
}

/** stream sends a request and yields the data of each event of the answer. */
export async function* stream(path: string, options: Options): AsyncGenerator<string> {
  for await (const event of events(path, options)) {
    yield event.data;
  }
}

/** A page of a list. */
export interface Page<T> {
  data: T[];
  next_cursor?: string | null;
  /** How far a search of texts came. */
  searched?: { rows: number; until: string | null };
}
