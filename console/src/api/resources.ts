// The objects of the admin API, as far as the console shows them.

export interface APIKey {
  id: string;
  name: string;
  masked: string;
  key?: string; // only in the answer that creates or rotates it
  workspace: string;
  member: string;
  role: string;
  config: string;
  budget_usd: number | null;
  spent_usd: number | null;
  reserved_usd: number | null;
  closed: boolean;
  disabled: boolean;
  from_file: boolean;
  expires_at: string | null;
  created_at: string;
  models: string[] | null;
}

export interface VirtualKey {
  id: string;
  name: string;
  provider: string;
  base_url?: string;
  models?: string[] | null;
  disabled: boolean;
  from_file: boolean;
  created_at: string;
}

export interface Member {
  id: string;
  name: string;
  role: string;
  everywhere: string;
  service: boolean;
  created_at: string;
}

export interface Config {
  version: number;
  slug: string;
  name: string;
  config: unknown;
  from_file: boolean;
  updated_at: string;
}

export interface Model {
  id: string;
  owned_by: string;
}

export interface AuditEvent {
  chain_id: string;
  seq: number;
  time: string;
  member_name: string;
  action: string;
  resource: string;
  resource_id: string;
  outcome: string;
  status: number;
  request_id: string;
  client: string;
  hash: string;
}

export interface ChainCheck {
  ok: boolean;
  data: { chain: string; rows: number; first: number; last: number; error?: string }[];
}

export interface Prompt {
  id: string;
  slug: string;
  name: string;
  from_file: boolean;
  newest_version: number;
  active_version: number;
  labels: Record<string, number>;
  updated_at: string;
}

export interface PromptVersion {
  version: number;
  description: string;
  body: unknown;
  labels: string[];
  created_at: string;
}

export interface OwnSession {
  id: string;
  current: boolean;
  method: string;
  address: string;
  client: string;
  created_at: string;
  expires_at: string;
}
