// Generated from the OpenAPI document by make console. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AccountEntry: {
      account: string;
      /** @description until the budget is raised */
      closed: boolean;
      /** @description the part of spent that no provider reported */
      counted_usd: number;
      group?: components["schemas"]["GroupValue"][];
      /** @description neither spent nor reserved; 0 if more is */
      left_usd: number;
      /** Format: date-time */
      period_starts_at: string | null;
      reservations: components["schemas"]["ReservationEntry"][] | null;
      reserved_usd: number;
      /**
       * Format: date-time
       * @description null: never
       */
      resets_at: string | null;
      spent_usd: number;
    };
    Address: {
      bytes: number;
      /**
       * Format: date-time
       * @description of the address, or of the file on this server
       */
      expires_at: string | null;
      format: string;
      /** @description "export" */
      object: string;
      /** @description of a file in a bucket anybody may read it; of one on this server it needs the caller's API key */
      signed_url: string;
    };
    AnswerCount: {
      answers: number;
      bytes: number;
      /** Format: date-time */
      newest?: string;
      object: string;
      /**
       * Format: date-time
       * @description when it was stored
       */
      oldest?: string;
    };
    AnswerToDevice: {
      /** @description id or name; left out: the only one */
      api_key?: string;
      /** @description left out: true */
      approve?: boolean;
      user_code: string;
    };
    AnthropicError: {
      error: components["schemas"]["AnthropicErrorObject"];
      hook_results?: components["schemas"]["HookResults"];
      request_id: string;
      /** @description "error" */
      type: string;
    };
    AnthropicErrorObject: {
      message: string;
      /** @description the field at fault; Sluice's own */
      param?: string;
      type: string;
    };
    ApiKey: {
      alert_emails: string[] | null;
      allow_config_override: boolean;
      allowed_ips: string[] | null;
      budget_usd: number | null;
      /** @description of the key alone, beside the one of its life */
      budgets: components["schemas"]["KeyBudget"][] | null;
      /** @description until the budget is raised: a provider billed above its limits */
      closed: boolean;
      /** @description "": the workspace's */
      compat: string;
      config: string;
      /** Format: date-time */
      created_at: string;
      defaults: components["schemas"]["OwnDefaults"];
      description: string;
      disabled: boolean;
      /** Format: date-time */
      expires_at: string | null;
      from_file: boolean;
      id: string;
      /** @description once, in the answer to its creation */
      key?: string;
      /**
       * Format: date-time
       * @description the old value of a rotated key is good until then
       */
      key_transition_expires_at: string | null;
      /** Format: date-time */
      last_updated_at: string;
      masked: string;
      /** @description name */
      member: string;
      member_id: string;
      metadata: {
        [key: string]: string;
      } | null;
      model_aliases: {
        [key: string]: string;
      } | null;
      models: string[] | null;
      name: string;
      object: string;
      /**
       * Format: date-time
       * @description a rotated key's old value is good until then
       */
      old_key_until: string | null;
      organisation_id: string;
      /** @description of the key alone */
      rate_limits: components["schemas"]["KeyLimit"][] | null;
      /** @description of the budget, by calls in flight; null without one */
      reserved_usd: number | null;
      role: string;
      /** @description null: all that the role allows */
      scopes: string[] | null;
      /** @description the key of a service account */
      service: boolean;
      /** @description null without a budget */
      spent_usd: number | null;
      /** @description active, exhausted, disabled or expired */
      status: string;
      tags: string[] | null;
      /** @description name, "" */
      team: string;
      team_id: string;
      /** @description a name of any text, where a client of Portkey gave one */
      title: string;
      /** @description workspace-user or workspace-service */
      type: string;
      /** Format: date-time */
      updated_at: string;
      usage_limits: components["schemas"]["UsageLimits"] | null;
      /** @description null: a service account's */
      user_id: string | null;
      virtual_keys: string[] | null;
      /** @description name */
      workspace: string;
      workspace_id: string;
    };
    ArmResults: {
      cache_hits: number;
      calls: number;
      /** @description USD, of calls whose cost is known */
      cost_per_call: components["schemas"]["Measure"];
      cost_usd: number;
      /** @description from 0 to 1 */
      error_rate: components["schemas"]["Measure"];
      errors: number;
      /** @description how many judgements there are */
      feedback: number;
      input_tokens: number;
      /** @description seconds */
      latency: components["schemas"]["Measure"];
      latency_p50_ms: number;
      latency_p90_ms: number;
      latency_p99_ms: number;
      name: string;
      output_tokens: number;
      /** @description of the feedback, weighted: from -10 to 10 */
      score: components["schemas"]["Measure"];
    };
    AskedWhen: {
      /** @description the node draws among the rest */
      again_after_failure?: boolean;
      /** @description absent: it has its place by its figure */
      because?: string;
      /** @description US dollars; absent: unknown */
      estimated_cost?: number;
      /** @description "draw", "sticky", "ranked" or "after_failure" */
      kind: string;
      /** @description Of a node that orders: its mode, and by what the target has its place now. */
      mode?: string;
      /** @description path of the node that draws, keeps or orders, or that failed */
      node: string;
      on_errors?: string[];
      /** @description absent: any failure */
      on_status?: number[];
      share?: number;
      /** @description until the first chunk; absent: not measured */
      time_ms?: number;
    };
    Attempt: {
      chunks?: number;
      /** @description which of the virtual key's */
      credential?: string;
      credential_fingerprint?: string;
      duration_us: number;
      error?: components["schemas"]["Failure"];
      finish_reason?: string;
      first_chunk_us?: number;
      host?: string;
      longest_gap_us?: number;
      model: string;
      provider: string;
      response_id?: string;
      response_model?: string;
      retry: number;
      span_id: string;
      start_us: number;
      status: number;
      target: string;
      usage?: components["schemas"]["Usage"];
      virtual_key?: string;
      waited_us?: number;
    };
    AudioForm: {
      /** @description a recording */
      file: string;
      model?: string;
      prompt?: string;
      response_format?: string;
      stream?: string;
    };
    Average: {
      avg: number;
    };
    AverageAt: {
      avg: number;
      /** Format: date-time */
      timestamp: string;
    };
    Budget: {
      conditions: components["schemas"]["Condition"][] | null;
      /** Format: date-time */
      created_at: string | null;
      credit_limit: number;
      /** Format: date-time */
      ends_at: string | null;
      from_file: boolean;
      group_by: components["schemas"]["Group"][] | null;
      id: string;
      /** Format: date-time */
      last_updated_at: string | null;
      name: string;
      object: string;
      period: string;
      /** @description the period in Portkey's words; null: never */
      periodic_reset: string | null;
      time_zone: string;
      /** @description "cost" */
      type: string;
      /** @description "*": all */
      workspace_id: string;
    };
    Cache: {
      /** @description seconds that an answer might be old */
      max_age?: number;
      origin_request_id?: string;
      reason?: string;
      similarity?: number;
      status: string;
      stored?: boolean;
      threshold?: number;
      tier?: string;
    };
    CachePurge: {
      object: string;
      removed: number;
    };
    CacheReport: {
      alias_hits: number;
      /** @description it is known what the similarities of the embedder mean */
      calibrated: boolean;
      /** @description what calls of the judge and shadow calls cost */
      checks_usd: number;
      compares_meaning: boolean;
      /** @description "" = near questions are not looked for */
      embedder: string;
      exact_hits: number;
      /** @description of traffic, each with a threshold of its own */
      groups: components["schemas"]["GroupReport"][] | null;
      /** @description that said whether two answers say the same */
      judge_calls: number;
      misses: number;
      /** @description what would improve the hits */
      missing?: string[];
      /** @description saved_usd without checks_usd */
      net_saved_usd: number;
      object: string;
      /** @description misses that guarded would have served */
      observed_hits: number;
      refreshes: number;
      requests: number;
      /** @description that the calls of the stored answers took */
      saved_seconds: number;
      saved_usd: number;
      semantic_hits: number;
      /** @description that hits had saved, made to compare */
      shadow_calls: number;
      would_save_seconds: number;
      /** @description by observed_hits */
      would_save_usd: number;
    };
    CacheState: {
      /** @description another wording that was proven the same before */
      alias_hits: number;
      /** @description embedder or index are left alone after failures */
      broken: boolean;
      /** @description calls that the cache does not concern */
      bypassed: number;
      bytes: number;
      /** @description that were not made: too many at once, the budget spent, or calls failed */
      checks_dropped: number;
      /** @description of both */
      checks_failed: number;
      /** @description answers in memory */
      entries: number;
      evicted: number;
      exact_hits: number;
      /** @description verdicts of the judge about two answers */
      judged: number;
      misses: number;
      object: string;
      refreshes: number;
      /** @description answers that were forwarded and not stored */
      refused: number;
      semantic_hits: number;
      /** @description calls that hits had saved, made to compare */
      shadowed: number;
      stored: number;
      /** @description close questions that ask something else */
      vetoed: number;
    };
    CacheSummary: {
      /** @description "analytics-summary" */
      object: string;
      /** @description of the same length before, with compare=previous */
      previous?: components["schemas"]["CacheSummaryBefore"];
      summary: components["schemas"]["CacheSummaryOfAnalytics"];
    };
    CacheSummaryBefore: {
      /** Format: date-time */
      since: string;
      summary: components["schemas"]["CacheSummaryOfAnalytics"];
      /** Format: date-time */
      until: string;
    };
    CacheSummaryOfAnalytics: {
      /** @description of hits, milliseconds */
      avg_latency: number;
      /** @description by which share hits are faster than other requests, per cent */
      cache_speedup: number;
      hits: number;
      total_requests: number;
    };
    CallerSpan: {
      duration_us: number;
      failed?: boolean;
      id: string;
      name: string;
      parent?: string;
      service: string;
      /**
       * Format: date-time
       * @description of the start
       */
      time: string;
      trace_id_w3c: string;
    };
    Charge: {
      /** @description what the lines add up to, rounded up to a billionth; null: no price is known */
      cost_usd: number | null;
      lines: components["schemas"]["PriceLine"][] | null;
      /** @description version of the price */
      price?: string;
      /** @description that price_usd follows */
      price_rule?: string;
      /** @description what the caller pays */
      price_usd: number | null;
      target: string;
    };
    ChatBody: {
      /** @description a config, or the slug of a saved one; it does not go to the provider */
      config?: unknown;
      messages: unknown[] | null;
      /** @description "vendor/model", "@virtual-key/model" or a name; a config may bring it */
      model?: string;
      stream?: boolean;
    };
    Check: {
      duration_us: number;
      error?: string;
      explanation?: string;
      id: string;
      pass: boolean;
    };
    CheckData: {
      explanation?: string;
    };
    CheckError: {
      message: string;
    };
    CheckOfGuardrail: {
      error?: string;
      explanation?: string;
      id: string;
      pass: boolean;
    };
    CheckResult: {
      created_at: string;
      data: components["schemas"]["CheckData"];
      error: components["schemas"]["CheckError"] | null;
      execution_time: number;
      fail_on_error: boolean;
      id: string;
      log: string | null;
      transformed: boolean;
      verdict: boolean;
    };
    ChosenConfig: {
      slug?: string;
      /** @description "header", "body", "prompt", "api_key", "workspace", "model"; "request": none */
      source: string;
      version?: number;
    };
    CodeCount: {
      count: number;
      status_code: number;
    };
    CohereChatBody: {
      messages: unknown[] | null;
      model?: string;
      stream?: boolean;
    };
    CohereEmbedBody: {
      /** @description of one block of text each */
      inputs?: unknown[];
      model?: string;
      /** @description these or inputs */
      texts?: string[];
    };
    CohereError: {
      /** @description Sluice's own */
      code?: string;
      hook_results?: components["schemas"]["HookResults"];
      /** @description of the request */
      id: string;
      message: string;
      /** @description the field at fault; Sluice's own */
      param?: string;
    };
    CompletionsBody: {
      model?: string;
      /** @description a string or a list */
      prompt: unknown;
      stream?: boolean;
    };
    Condition: {
      excludes?: boolean;
      key: string;
      value: string[] | null;
    };
    Config: {
      config: unknown;
      /** Format: date-time */
      created_at: string;
      /** @description who made the version: a member's name; "": the server's file */
      created_by: string;
      /** @description "json" */
      format: string;
      from_file: boolean;
      /** @description the slug */
      id: string;
      /** Format: date-time */
      last_updated_at: string;
      name: string;
      /** @description why */
      note: string;
      object: string;
      slug: string;
      /** @description "active" */
      status: string;
      /** Format: date-time */
      updated_at: string;
      version: number;
      version_id: string;
      workspace: string;
      workspace_id: string;
    };
    ConfigOfTelemetry: {
      mode?: string;
      slug?: string;
      source: string;
      version?: number;
    };
    ConfigVersion: {
      config: unknown;
      /** Format: date-time */
      created_at: string;
      /** @description a member's name; "": the server's file */
      created_by: string;
      /**
       * Format: date-time
       * @description of the config; null while it is there
       */
      deleted_at: string | null;
      note: string;
      object: string;
      slug: string;
      version: number;
      /** @description the same, as Portkey's clients read it */
      version_id: string;
    };
    Conflict: {
      model: string;
      object: string;
      provider: string;
      unused: components["schemas"]["TokenPrices"] | null;
      used: components["schemas"]["TokenPrices"] | null;
    };
    Counted: {
      /** @description there are more: only the newest are counted */
      capped: boolean;
      count: number;
    };
    Credential: {
      /** @description as in logs */
      fingerprint?: string;
      last_refusal?: components["schemas"]["Refusal"];
      name: string;
      /** @description why it has no value */
      problem?: string;
      /** @description where it stands, if not here */
      reference?: string;
      status: string;
      weight: number;
    };
    CredentialTest: {
      /** @description why it is not proven */
      error?: string;
      latency_ms: number;
      name: string;
      /** @description the provider takes it */
      ok: boolean;
      /** @description of the provider's answer; absent: there was none */
      status?: number;
    };
    Credentials: {
      api_key?: string;
      member?: string;
      password?: string;
      /** @description true: the client keeps the token itself and wants no cookie */
      token?: boolean;
      /** @description where the session acts; absent: the API key's, or the member's first. An API key of one workspace opens no session in another */
      workspace?: string;
    };
    Credit: {
      amount_usd: number;
      /** Format: date-time */
      created_at: string;
      /** @description id of a member */
      credited_by: string;
      object: string;
      reference: string;
    };
    Credits: {
      data: {
        total_credits: number;
        total_usage: number;
      };
    };
    Current: {
      csrf_token?: string;
      /** Format: date-time */
      expires_at?: string;
      /** @description "" = an API key */
      id: string;
      member: string;
      member_id: string;
      object: string;
      /** @description Permissions are what the caller may do, so that a client shows nothing else. */
      permissions: string[] | null;
      role: string;
      /** @description once, for a client that asked for it */
      token?: string;
      workspace: string;
    };
    CurrentKey: {
      allowed_data_regions: string[] | null;
      byok_usage: number;
      byok_usage_daily: number;
      byok_usage_monthly: number;
      byok_usage_weekly: number;
      creator_user_id: string | null;
      /** Format: date-time */
      expires_at: string | null;
      free_model_daily_requests: {
        limit: number;
        remaining: number;
        used: number;
      };
      include_byok_in_limit: boolean;
      is_free_tier: boolean;
      /** @description it may make keys */
      is_management_key: boolean;
      is_provisioning_key: boolean;
      label: string;
      limit: number | null;
      limit_remaining: number | null;
      limit_reset: string | null;
      organization_id: string | null;
      rate_limit: {
        interval: string;
        note: string;
        requests: number;
      };
      usage: number;
      /** @description since midnight UTC */
      usage_daily: number;
      /** @description since the first */
      usage_monthly: number;
      /** @description since Monday */
      usage_weekly: number;
      workspace_id: string | null;
    };
    DaySpend: {
      models: {
        [key: string]: number;
      } | null;
      spend: number;
      /** @description of UTC: "2026-11-29" */
      startTime: string;
      /** @description by name */
      users: {
        [key: string]: number;
      } | null;
    };
    Decided: {
      approved: boolean;
      object: string;
    };
    Deleted: {
      deleted: boolean;
      id: string;
    };
    DeletedKeys: {
      deleted_keys: string[] | null;
    };
    DeviceStarted: {
      device_code: string;
      /** @description seconds */
      expires_in: number;
      /** @description seconds */
      interval: number;
      user_code: string;
      verification_uri: string;
      verification_uri_complete: string;
    };
    Difference: {
      /** @description null: there are no observations */
      estimate: number | null;
      high: number | null;
      /** @description null: there are too few observations */
      low: number | null;
      /** @description higher, lower, chance or unknown */
      verdict: string;
    };
    DiscrepancyEntry: {
      account: string;
      kept_usd: number;
      of: string;
      summed_usd: number;
    };
    DryRun: {
      /** @description "", "exact" or "semantic" */
      cache: string;
      config: components["schemas"]["ChosenConfig"];
      /** @description fields of the request that have no effect */
      dropped: string[] | null;
      guardrails: string[] | null;
      object: string;
      output_guardrails: string[] | null;
      /** @description entities that are replaced */
      redact: string[] | null;
      /** @description and put back in the answer */
      restore: boolean;
      /** @description in the order in which they are asked */
      targets: components["schemas"]["PlannedTarget"][] | null;
    };
    EmbeddingsBody: {
      /** @description a string or a list */
      input: unknown;
      model?: string;
    };
    Ended: {
      deleted: boolean;
      id: string;
    };
    ErrorBody: {
      error: components["schemas"]["ErrorObject"];
      hook_results?: components["schemas"]["HookResults"];
      /** @description Portkey: the same text again */
      message?: string;
      /** @description who failed */
      provider?: string;
      /** @description Portkey: refused before any provider */
      status?: string;
    };
    ErrorCodes: {
      total_errors: number;
      unique_error_codes: number;
    };
    ErrorMetadata: {
      error_type: string;
      provider_code?: string;
      provider_name?: string;
    };
    ErrorObject: {
      /** @description OpenAI: string or null; OpenRouter: the status */
      code: unknown;
      message: string;
      metadata?: components["schemas"]["ErrorMetadata"];
      param: string | null;
      type: string;
    };
    Exchange: {
      api_key: string;
      api_key_name?: string;
      attempts: components["schemas"]["Attempt"][] | null;
      body: string;
      cache: components["schemas"]["Cache"];
      /** @description of each attempt with a cost */
      charges?: components["schemas"]["Charge"][];
      /** @description of streams */
      chunks?: number;
      config?: components["schemas"]["ConfigOfTelemetry"];
      /** @description "reported" or "counted" */
      cost_basis?: string;
      cost_known: boolean;
      cost_nano_usd: number | null;
      /** @description a provider billed above the limits that it was sent */
      cost_over_bound?: boolean;
      /** @description "known", "partial", "unknown" or "ceiling" */
      cost_state: string;
      cost_usd: number | null;
      error?: components["schemas"]["Failure"];
      feedback?: components["schemas"]["FeedbackOfTelemetry"][];
      gateway_ms: number;
      guardrails: components["schemas"]["Guardrail"][] | null;
      id: string;
      latency_ms: number;
      /** @description between two chunks of a stream */
      longest_gap_us?: number;
      member: string;
      member_name?: string;
      metadata: {
        [key: string]: string;
      } | null;
      method: string;
      model: string;
      node?: string;
      operation: string;
      outcome: string;
      parameters?: {
        [key: string]: number;
      };
      /** @description of the trace: another exchange, or a span of the caller */
      parent_span_id?: string;
      /** @description version of the price that the cost is by */
      price?: string;
      price_nano_usd: number | null;
      price_rule?: string;
      /** @description what the caller pays */
      price_usd: number | null;
      prompt?: components["schemas"]["PromptOfTelemetry"];
      prompt_cache?: components["schemas"]["PromptCache"];
      provider: string;
      redacted?: {
        [key: string]: number;
      };
      request?: unknown;
      response?: unknown;
      response_model?: string;
      route: string;
      saved_usd: number;
      session_id?: string;
      session_source?: string;
      span_id?: string;
      /** @description as the caller named it */
      span_name?: string;
      spans?: components["schemas"]["Span"][];
      status: number;
      stream: boolean;
      team?: string;
      team_name?: string;
      time: string;
      /** @description that the answer calls */
      tools?: components["schemas"]["Tool"][];
      trace_id: string;
      trace_id_w3c: string;
      ttft_ms: number | null;
      unedited?: {
        [key: string]: number;
      };
      upstream_ms: number;
      /** @description the body of the last upstream call, where it is another one */
      upstream_request?: unknown;
      /** @description the provider got request as it is */
      upstream_request_unchanged?: boolean;
      usage: components["schemas"]["Usage"] | null;
      /** @description the strongest of the guardrails: "none", "allow", "flag", "redact" or "deny" */
      verdict: string;
      virtual_key?: string;
      waited_ms?: number;
      workspace: string;
      workspace_name?: string;
    };
    Experiment: {
      /** @description the first one is the control */
      arms: components["schemas"]["ExperimentArm"][] | null;
      /** @description what arms are drawn by: "member" or "metadata.<key>" */
      by: string;
      from_file: boolean;
      name: string;
      /** @description "experiment" */
      object: string;
      prompt_id: string;
      slug: string;
      /**
       * Format: date-time
       * @description of the first version in a row with the same arms
       */
      started_at: string;
      /** @description running, draft or ended */
      state: string;
      version: number;
      workspace: string;
    };
    ExperimentArm: {
      model: string;
      name: string;
      /** @description of the callers, from 0 to 1 */
      share: number;
      /** @description the version that its text is from */
      version: number;
      weight: number;
    };
    ExplainedNeighbour: {
      /** @description and that had another one */
      different: number;
      entry: string;
      /** Format: date-time */
      expires_at: string;
      features: components["schemas"]["WeighedFeature"][] | null;
      origin_request_id: string;
      /** @description that its answer is right */
      probability: number;
      question: string;
      /** @description why it does not serve in the mode fixed, and while little is learnt */
      rule?: string;
      /** @description later questions that had its answer */
      same: number;
      serves: boolean;
      /** @description the differences without which it would serve */
      serves_without: string[] | null;
      similarity: number;
      /** Format: date-time */
      stored_at: string;
    };
    Explanation: {
      accounts: components["schemas"]["AccountEntry"][] | null;
      applies_to_each_call: boolean;
      budget?: components["schemas"]["Budget"];
      id: string;
      kind: string;
      limit_usd: number;
      name?: string;
    };
    ExplanationOfAnswercache: {
      /** @description id under which an answer to the question is stored */
      entry?: string;
      /** @description seconds that an answer may be old */
      max_age?: number;
      /** @description neither the config nor the call says how old */
      max_age_is_default: boolean;
      /** @description "off", "exact", "observe", "guarded" or "fixed" */
      mode: string;
      /** @description the nearest first */
      neighbours: components["schemas"]["ExplainedNeighbour"][] | null;
      object: string;
      /** @description of the questions that it is compared with */
      partition?: string;
      promise?: components["schemas"]["GroupReport"];
      /** @description as it is compared */
      question?: string;
      reason?: string;
      /** @description what happened to the request */
      recorded?: components["schemas"]["Recorded"];
      /** @description cosine, in the mode fixed */
      threshold?: number;
      /** @description that would answer now: "exact", "alias" or "semantic"; "" = none */
      tier: string;
    };
    ExtraUsage: {
      currency: string;
      is_enabled: boolean;
      /** @description of whatever period */
      monthly_limit: number | null;
      used_credits: number;
      /** @description whole percents */
      utilization: number | null;
    };
    Facet: {
      /** @description there are more exchanges than were counted */
      capped: boolean;
      values: components["schemas"]["FacetValue"][] | null;
    };
    FacetValue: {
      count: number;
      /** @description of a member, a team, an API key or a prompt */
      name?: string;
      value: string;
    };
    Facets: {
      /** @description Facets by dimension. One with a filter of its own is counted without this filter. */
      facets: {
        [key: string]: components["schemas"]["Facet"];
      } | null;
      object: string;
      /** @description of a search of texts; then each is counted with its filter */
      searched?: components["schemas"]["Searched"];
      total: components["schemas"]["Counted"];
    };
    Failure: {
      code?: string;
      kind: string;
      message: string;
      param?: string;
      target?: string;
      type: string;
    };
    Feedback: {
      metadata: components["schemas"]["FeedbackMetadata"];
      value: number;
      weight: number;
    };
    FeedbackMetadata: {
      erroredChecks: string;
      failedChecks: string;
      successfulChecks: string;
    };
    FeedbackOfCalllog: {
      feedback_ids: string[] | null;
      message: string;
      /** @description "success" */
      status: string;
    };
    FeedbackOfTelemetry: {
      api_key: string;
      /** Format: date-time */
      created_at: string;
      id: string;
      /** Format: date-time */
      last_updated_at: string;
      member: string;
      metadata: {
        [key: string]: string;
      } | null;
      value: number;
      weight: number;
    };
    Filter: {
      api_key?: string[];
      cache?: string[];
      config?: string[];
      /** @description rows of the file; 0 = the server's bound */
      limit?: number;
      member?: string[];
      metadata?: {
        [key: string]: string;
      };
      model?: string[];
      outcome?: string[];
      prompt?: string[];
      provider?: string[];
      session_id?: string;
      /** Format: date-time */
      since?: string;
      /** @description a class is its first digit */
      status?: number[];
      team?: string[];
      /** @description words of texts; see telemetry.Words */
      text?: string;
      trace_id?: string;
      /** Format: date-time */
      until?: string;
      verdict?: string[];
      virtual_key?: string[];
    };
    Finding: {
      end: number;
      entity: string;
      /** @description confidence, up to 1 */
      score: number;
      start: number;
    };
    GeminiBody: {
      /** @description of embedContent */
      content?: unknown;
      /** @description of generateContent, streamGenerateContent and countTokens */
      contents?: unknown;
    };
    GoogleError: {
      error: components["schemas"]["GoogleErrorObject"];
      hook_results?: components["schemas"]["HookResults"];
    };
    GoogleErrorObject: {
      /** @description HTTP's */
      code: number;
      details?: unknown[];
      message: string;
      status: string;
    };
    Greeting: {
      message: string;
    };
    Group: {
      key: string;
    };
    GroupBefore: {
      cost: number;
      errors: number;
      requests: number;
      tokens: number;
    };
    GroupOfAnalytics: {
      ai_model?: string;
      api_key?: string;
      avg_tokens: number;
      cache_hits: number;
      config?: string;
      /** @description cents */
      cost: number;
      errors: number;
      /** Format: date-time */
      last_seen: string;
      /** @description milliseconds */
      latency: components["schemas"]["Latency"];
      member?: string;
      metadata_value?: string;
      /** @description of a member, a team, an API key or a prompt */
      name?: string;
      /** @description "analytics-group" */
      object: string;
      /** @description with compare=previous */
      previous?: components["schemas"]["GroupBefore"];
      prompt?: string;
      provider?: string;
      requests: number;
      team?: string;
      tokens: number;
      user?: string;
      virtual_key?: string;
    };
    GroupReport: {
      /** @description exact hits only, until it has learnt again */
      alarmed: boolean;
      alarms: number;
      /** @description answers that could be served and were compared */
      checked: number;
      /** @description slug; "" = none is saved */
      config: string;
      labels_different: number;
      /** @description of misses */
      labels_same: number;
      /** @description promised: wrong answers as a share of all requests */
      max_error: number;
      model: string;
      /** @description "kept", "broken" or "unknown": whether the interval lies below, above or across max_error */
      promise: string;
      prompt: string;
      /** @description by callers, of served */
      reported: number;
      /** @description that looked for near questions */
      requests: number;
      /** @description or would have been, in the mode observe */
      served: number;
      /** @description least probability that is served */
      threshold: number;
      /** @description of checked */
      wrong: number;
      wrong_of_all: components["schemas"]["Interval"];
      wrong_of_served: components["schemas"]["Interval"];
    };
    GroupValue: {
      key: string;
      value: string;
    };
    Groups: {
      data: components["schemas"]["GroupOfAnalytics"][] | null;
      /** @description "list" */
      object: string;
      /** @description of all pages */
      total: number;
    };
    Guardrail: {
      action: string;
      checks: components["schemas"]["Check"][] | null;
      deny: boolean;
      duration_us: number;
      id: string;
      pass: boolean;
      phase: string;
      replayed?: boolean;
      target?: string;
      version?: string;
    };
    HitRate: {
      /** @description per cent */
      rate: number;
      total: number;
    };
    HitsAt: {
      cumulative_semantic_cache_savings: number;
      cumulative_simple_cache_savings: number;
      /** @description per cent */
      rate: number;
      semantic_hits: number;
      simple_hits: number;
      /** Format: date-time */
      timestamp: string;
    };
    HookResult: {
      async: boolean;
      checks: components["schemas"]["CheckResult"][] | null;
      created_at: string;
      deny: boolean;
      execution_time: number;
      feedback: components["schemas"]["Feedback"];
      id: string;
      skipped: boolean;
      transformed: boolean;
      type: string;
      verdict: boolean;
    };
    HookResults: {
      after_request_hooks: components["schemas"]["HookResult"][] | null;
      before_request_hooks: components["schemas"]["HookResult"][] | null;
    };
    ImageBody: {
      model?: string;
      prompt: string;
      stream?: boolean;
    };
    ImageForm: {
      /** @description a file */
      image: string;
      model?: string;
      prompt?: string;
    };
    Interval: {
      estimate: number;
      least: number;
      most: number;
    };
    Issued: {
      access_token: string;
      /** @description who has let the program in; Claude Code shows it */
      email?: string;
      /** @description seconds */
      expires_in: number;
      refresh_token?: string;
      scope: string;
      /** @description "Bearer" */
      token_type: string;
    };
    ItemList: {
      data: unknown[] | null;
      first_id: string | null;
      has_more: boolean;
      last_id: string | null;
      object: string;
    };
    Job: {
      bodies: boolean;
      bytes: number;
      /** Format: date-time */
      created_at: string;
      /** @description id of the member */
      created_by: string;
      /** @description "rows" or "bytes": the limit of the server at which the file ends */
      cut?: string;
      description: string;
      destination: string;
      /** Format: date-time */
      ended_at: string | null;
      /**
       * Format: date-time
       * @description when the file is deleted
       */
      expires_at: string | null;
      /** @description as they were chosen; null = all */
      fields: string[] | null;
      filters: components["schemas"]["Filter"];
      format: string;
      id: string;
      /** Format: date-time */
      last_updated_at: string;
      /** @description of a start or a cancellation */
      message?: string;
      /** @description the server that runs it, and has the file */
      node?: string;
      /** @description "export" */
      object: string;
      organisation_id: string;
      /** @description only exchanges of one member are exported */
      own_only: boolean;
      /** @description why it failed */
      reason?: string;
      /** @description the fields of the file */
      requested_data: string[] | null;
      /** @description written so far */
      rows: number;
      /** Format: date-time */
      started_at: string | null;
      status: string;
      /** @description exchanges that matched when it was made; null = not counted */
      total: number | null;
      workspace_id: string;
    };
    Key: {
      data: components["schemas"]["KeyRow"];
      /** @description once, in the answer to its creation */
      key?: string;
    };
    KeyBudget: {
      credit_limit: number;
      period: string;
      /** @description by calls in flight */
      reserved_usd: number;
      /**
       * Format: date-time
       * @description null: never
       */
      resets_at: string | null;
      spent_usd: number;
      time_zone: string;
    };
    KeyDefaults: {
      allow_config_override?: boolean;
      config_id?: string;
      metadata?: {
        [key: string]: string;
      };
    };
    KeyInfo: {
      info: components["schemas"]["KeyRowOfLitellm"];
      /** @description hash */
      key: string;
    };
    KeyLimit: {
      /** @description ours */
      conditions?: components["schemas"]["Condition"][];
      type: string;
      unit?: string;
      value: number;
    };
    KeyList: {
      data: components["schemas"]["KeyRow"][] | null;
    };
    KeyListOfLitellm: {
      current_page: number;
      keys: unknown;
      total_count: number;
      total_pages: number;
    };
    KeyRow: {
      byok_usage: number;
      byok_usage_daily: number;
      byok_usage_monthly: number;
      byok_usage_weekly: number;
      /** Format: date-time */
      created_at: string;
      creator_user_id: string | null;
      disabled: boolean;
      /** Format: date-time */
      expires_at: string | null;
      external_user: string | null;
      hash: string;
      /** @description a budget counts each call, whosever credential it uses */
      include_byok_in_limit: boolean;
      /** @description masked */
      label: string;
      limit: number | null;
      /** @description null: unlimited */
      limit_remaining: number | null;
      /** @description daily, weekly or monthly; null: never */
      limit_reset: string | null;
      name: string;
      /** Format: date-time */
      updated_at: string;
      usage: number;
      /** @description since midnight UTC */
      usage_daily: number;
      /** @description since the first */
      usage_monthly: number;
      /** @description since Monday */
      usage_weekly: number;
      workspace_id: string;
    };
    KeyRowOfLitellm: {
      aliases: {
        [key: string]: string;
      } | null;
      allowed_cache_controls: string[] | null;
      /** @description scopes */
      allowed_routes: string[] | null;
      /** @description null: never blocked */
      blocked: boolean | null;
      budget_duration: string | null;
      budget_id: string | null;
      /** Format: date-time */
      budget_reset_at: string | null;
      config: Record<string, never>;
      /** Format: date-time */
      created_at: string;
      created_by: string | null;
      enforced_params: string[] | null;
      /** Format: date-time */
      expires: string | null;
      guardrails: string[] | null;
      key_alias: string | null;
      /** @description masked */
      key_name: string;
      litellm_budget_table: Record<string, never> | null;
      max_budget: number | null;
      max_parallel_requests: number | null;
      metadata: {
        [key: string]: string;
      } | null;
      model_max_budget: Record<string, never>;
      model_rpm_limit: {
        [key: string]: number;
      } | null;
      model_spend: Record<string, never>;
      model_tpm_limit: {
        [key: string]: number;
      } | null;
      models: string[] | null;
      object_permission_id: string | null;
      organization_id: string | null;
      permissions: Record<string, never>;
      rotation_count: number | null;
      rpm_limit: number | null;
      /** @description the id in Sluice's own admin API */
      sluice_id: string;
      /** @description of the budget, in its present period */
      spend: number;
      tags: string[] | null;
      team_alias: string | null;
      team_id: string | null;
      /** @description hash */
      token: string;
      token_id: string;
      tpm_limit: number | null;
      /** Format: date-time */
      updated_at: string;
      updated_by: string | null;
      user_id: string | null;
      workspace_id: string;
    };
    Latency: {
      avg: number;
      p50: number;
      p90: number;
      p95: number;
      p99: number;
    };
    LatencyAt: {
      avg: number;
      p50: number;
      p90: number;
      p95: number;
      p99: number;
      /** Format: date-time */
      timestamp: string;
    };
    List: {
      data: components["schemas"]["Listed"][] | null;
      object: string;
    };
    Listed: {
      address: string;
      client: string;
      /** Format: date-time */
      created_at: string;
      current: boolean;
      /** Format: date-time */
      expires_at: string;
      id: string;
      method: string;
      object: string;
    };
    LiteLLMError: {
      error: components["schemas"]["LiteLLMErrorObject"];
      hook_results?: components["schemas"]["HookResults"];
    };
    LiteLLMErrorObject: {
      code: string;
      message: string;
      param: string | null;
      provider_specific_fields?: Record<string, never>;
      type: string | null;
    };
    Managed: {
      /** @description "sha256:" and the hex digits of the settings with sorted keys */
      checksum: string;
      settings: unknown;
      uuid: string;
    };
    MasterKey: {
      /** @description id of the key that values are sealed with */
      active: string;
      /** @description ids of the keys of this process, the one to rotate to first */
      known: string[] | null;
      /** @description values that no known key opens */
      left: number;
      object: string;
      /** @description why the last run failed */
      problem?: string;
      /** @description values since this process started */
      resealed: number;
      running: boolean;
    };
    Measure: {
      /** @description of all variants but the control */
      difference?: components["schemas"]["Difference"];
      high: number | null;
      /** @description null: there are too few observations */
      low: number | null;
      mean: number;
    };
    Member: {
      /** Format: date-time */
      created_at: string;
      /** @description nobody acts as the member */
      disabled: boolean;
      /** @description in all workspaces, "" */
      everywhere: string;
      id: string;
      name: string;
      object: string;
      /** @description in the workspace */
      role: string;
      /** @description a service account */
      service: boolean;
    };
    MemberRow: {
      /** Format: date-time */
      created_at: string;
      /** @description name */
      email: string;
      first_name: string;
      id: string;
      last_name: string;
      /**
       * Format: date-time
       * @description of its creation: later changes are in the audit log
       */
      last_updated_at: string;
      /** @description "workspace-user" */
      object: string;
      org_role: string;
      role: string;
      /** @description "active" */
      status: string;
      workspace_id: string;
    };
    MessagesBody: {
      /** @description absent: the model's maximum */
      max_tokens?: number;
      messages: unknown[] | null;
      model?: string;
      stream?: boolean;
    };
    Model: {
      /** @description of the sources of its price: "one", "both" or "conflict" */
      agreement?: string;
      capabilities: string[] | null;
      /** @description tokens */
      context?: number;
      /** @description the day on which the vendor ends it */
      deprecated?: string;
      id: string;
      /** @description tokens */
      max_output?: number;
      mode?: string;
      object: string;
      prices: components["schemas"]["PriceOfModelcatalog"][] | null;
      provider: string;
      successor?: string;
    };
    ModelInfo: {
      cache_creation_input_token_cost: number | null;
      cache_read_input_token_cost: number | null;
      db_model: boolean;
      id: string;
      input_cost_per_token: number | null;
      key: string;
      litellm_provider: string;
      max_input_tokens: number | null;
      max_output_tokens: number | null;
      max_tokens: number | null;
      mode: string | null;
      output_cost_per_token: number | null;
    };
    ModelList: {
      data: components["schemas"]["ModelRow"][] | null;
    };
    ModelPage: {
      current_page: number;
      data: components["schemas"]["ModelRow"][] | null;
      size: number;
      total_count: number;
      total_pages: number;
    };
    ModelParams: {
      custom_llm_provider: string;
      /** @description provider/model */
      model: string;
    };
    ModelRow: {
      litellm_params: components["schemas"]["ModelParams"];
      model_info: components["schemas"]["ModelInfo"];
      /** @description as it can be called */
      model_name: string;
    };
    ModelScore: {
      ai_model: string;
      avg_weighted_feedback: number;
      total: number;
    };
    ModerationBody: {
      /** @description a string, or a list of strings or parts */
      input: unknown;
      /** @description absent: omni-moderation-latest */
      model?: string;
    };
    Money: {
      /** @description of a request */
      avg: number;
      total: number;
    };
    MoneyAt: {
      /** @description of a request */
      avg: number;
      /** Format: date-time */
      timestamp: string;
      total: number;
    };
    NewKey: {
      aliases: {
        [key: string]: string;
      } | null;
      allowed_cache_controls: string[] | null;
      /** @description scopes */
      allowed_routes: string[] | null;
      /** @description null: never blocked */
      blocked: boolean | null;
      budget_duration: string | null;
      budget_id: string | null;
      /** Format: date-time */
      budget_reset_at: string | null;
      config: Record<string, never>;
      /** Format: date-time */
      created_at: string;
      created_by: string | null;
      enforced_params: string[] | null;
      /** Format: date-time */
      expires: string | null;
      guardrails: string[] | null;
      key: string;
      key_alias: string | null;
      /** @description masked */
      key_name: string;
      litellm_budget_table: Record<string, never> | null;
      max_budget: number | null;
      max_parallel_requests: number | null;
      metadata: {
        [key: string]: string;
      } | null;
      model_max_budget: Record<string, never>;
      model_rpm_limit: {
        [key: string]: number;
      } | null;
      model_spend: Record<string, never>;
      model_tpm_limit: {
        [key: string]: number;
      } | null;
      models: string[] | null;
      object_permission_id: string | null;
      organization_id: string | null;
      permissions: Record<string, never>;
      rotation_count: number | null;
      rpm_limit: number | null;
      /** @description the id in Sluice's own admin API */
      sluice_id: string;
      /** @description of the budget, in its present period */
      spend: number;
      tags: string[] | null;
      team_alias: string | null;
      team_id: string | null;
      /** @description hash */
      token: string;
      token_id: string;
      tpm_limit: number | null;
      /** Format: date-time */
      updated_at: string;
      updated_by: string | null;
      user_id: string | null;
      workspace_id: string;
    };
    NewKeyBudget: {
      credit_limit: number;
      period: string;
      time_zone?: string;
    };
    NewMember: {
      /** @description or name */
      id: string;
      role?: string;
    };
    NewUser: {
      budget_duration: string | null;
      budget_reset_at: string | null;
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires: string | null;
      key: string | null;
      key_alias: string | null;
      key_count: number;
      max_budget: Record<string, never> | null;
      max_parallel_requests: number | null;
      metadata: Record<string, never>;
      models: string[] | null;
      rpm_limit: number | null;
      spend: number;
      teams: string[] | null;
      token: string | null;
      tpm_limit: number | null;
      user_alias: string | null;
      user_email: string | null;
      user_id: string;
      user_role: string;
    };
    Nothing: Record<string, never>;
    OauthError: {
      error: string;
      error_description: string;
    };
    OllamaChatBody: {
      messages: unknown[] | null;
      model?: string;
      /** @description absent: true */
      stream?: boolean;
    };
    OllamaDetails: {
      families: string[] | null;
      /** @description the provider */
      family: string;
      format: string;
      parameter_size: string;
      parent_model: string;
      quantization_level: string;
    };
    OllamaEmbedBody: {
      /** @description a string or a list */
      input: unknown;
      model?: string;
    };
    OllamaError: {
      /** @description Sluice's own */
      code?: string;
      error: string;
      hook_results?: components["schemas"]["HookResults"];
      /** @description the field at fault; Sluice's own */
      param?: string;
    };
    OllamaGenerateBody: {
      model?: string;
      prompt: string;
      /** @description absent: true */
      stream?: boolean;
      system?: string;
    };
    OllamaList: {
      models: components["schemas"]["OllamaModel"][] | null;
    };
    OllamaModel: {
      details: components["schemas"]["OllamaDetails"];
      digest: string;
      model: string;
      modified_at: string;
      name: string;
      size: number;
    };
    OllamaShowBody: {
      model?: string;
      /** @description of older clients */
      name?: string;
    };
    OllamaShown: {
      capabilities: string[] | null;
      details: components["schemas"]["OllamaDetails"];
      model_info: Record<string, never> | null;
      modelfile: string;
      modified_at: string;
      parameters: string;
      template: string;
    };
    OllamaVersionAnswer: {
      version: string;
    };
    OwnDefaults: {
      allow_config_override: boolean;
      config_id: string;
      metadata: {
        [key: string]: string;
      } | null;
    };
    PerUser: {
      avg: number;
      total: number;
      unique: number;
    };
    PeriodSums: {
      data: components["schemas"]["SumRow"][] | null;
      /** Format: date-time */
      since: string;
      /** Format: date-time */
      until: string;
    };
    PlannedTarget: {
      /** @description the virtual key does not allow the model: it is passed over */
      excluded: boolean;
      /** @description its own */
      guardrails: string[] | null;
      /** @description as it is sent */
      model: string;
      name?: string;
      /** @description from 1 */
      order: number;
      /** @description in the config */
      path: string;
      /** @description null: unknown */
      price: components["schemas"]["TargetPrice"] | null;
      price_rule?: string;
      provider: string;
      retries: number;
      /** @description to the first chunk; 0: the server's */
      timeout_ms: number;
      virtual_key?: string;
      when: components["schemas"]["AskedWhen"][] | null;
    };
    PortkeyAdminError: {
      data: components["schemas"]["PortkeyErrorData"];
      error: components["schemas"]["ErrorObject"];
      hook_results?: components["schemas"]["HookResults"];
      /** @description Portkey: the same text again */
      message?: string;
      /** @description who failed */
      provider?: string;
      /** @description Portkey: refused before any provider */
      status?: string;
      /** @description false */
      success: boolean;
    };
    PortkeyErrorData: {
      errorCode: string;
      message: string;
    };
    Price: {
      audio_cache_read?: number;
      audio_input?: number;
      audio_output?: number;
      cache_read?: number;
      /** @description kept for 5 minutes */
      cache_write?: number;
      cache_write_1h?: number;
      character_input?: number;
      conditions?: components["schemas"]["PriceCondition"][];
      image?: number;
      image_cache_read?: number;
      image_input?: number;
      image_output?: number;
      input?: number;
      output?: number;
      page?: number;
      query?: number;
      reasoning?: number;
      request?: number;
      second?: number;
      second_input?: number;
      video_input?: number;
      /** @description per search; as all that follow, per piece */
      web_search?: number;
    };
    PriceCondition: {
      audio_cache_read?: number;
      audio_input?: number;
      audio_output?: number;
      cache_read?: number;
      /** @description kept for 5 minutes */
      cache_write?: number;
      cache_write_1h?: number;
      character_input?: number;
      image?: number;
      image_cache_read?: number;
      image_input?: number;
      image_output?: number;
      input?: number;
      output?: number;
      /** @description tokens of input that the prompt has more than */
      over?: number;
      page?: number;
      /** @description of images: hd */
      quality?: string;
      query?: number;
      reasoning?: number;
      region?: string;
      request?: number;
      second?: number;
      second_input?: number;
      /** @description of images and videos: 1024x1792, 1080p */
      size?: string;
      tier?: string;
      video_input?: number;
      /** @description per search; as all that follow, per piece */
      web_search?: number;
    };
    PriceLine: {
      /** @description rounded so that the lines add up to the cost */
      amount_nano_usd: number | null;
      /** @description why this price applies and not another one of the model */
      condition?: string;
      /** @description 1000000 for tokens, 1 for others */
      per: number;
      /** @description for so many units as per says; null: the unit was used and has no price */
      price_usd: number | null;
      quantity: number;
      /** @description "input", "output", "cache_read", "audio_input" … tokens, "web_search", "image" … */
      unit: string;
    };
    PriceOfModelcatalog: {
      from?: string;
      hours?: string;
      /** @description tokens of the prompt */
      over?: number;
      quality?: string;
      region?: string;
      /** @description of images and videos */
      size?: string;
      tier?: string;
      until?: string;
      usd: {
        [key: string]: number;
      } | null;
    };
    Prompt: {
      /** @description the version that a reference without @ resolves to; 0 = none */
      active_version: number;
      /** @description body of the requested version; absent in a list */
      body?: unknown;
      /** Format: date-time */
      created_at: string;
      from_file: boolean;
      id: string;
      labels: {
        [key: string]: number;
      } | null;
      name: string;
      newest_version: number;
      object: string;
      slug: string;
      /** Format: date-time */
      updated_at: string;
      version?: number;
      workspace: string;
    };
    PromptBody: {
      stream?: boolean;
      /** @description values of the template's variables */
      variables?: Record<string, never>;
    };
    PromptCache: {
      changed_by?: string;
      departed_at?: number;
      kept_bytes?: number;
      path?: string;
      previous_bytes?: number;
      previous_request?: string;
      session: string;
      session_source: string;
      state: string;
    };
    PromptOfExperiment: {
      /** @description the version that a reference without @ resolves to; 0 = none */
      active_version: number;
      /** @description body of the requested version; absent in a list */
      body?: unknown;
      /** Format: date-time */
      created_at: string;
      from_file: boolean;
      id: string;
      labels: {
        [key: string]: number;
      } | null;
      name: string;
      newest_version: number;
      /** @description "prompt" */
      object: string;
      slug: string;
      /** Format: date-time */
      updated_at: string;
      version?: number;
      workspace: string;
    };
    PromptOfTelemetry: {
      drawn_by?: string;
      id: string;
      label?: string;
      slug: string;
      variant?: string;
      version: number;
    };
    Rate: {
      /** @description per cent */
      rate: number;
    };
    RateAt: {
      /** @description per cent */
      rate: number;
      /** Format: date-time */
      timestamp: string;
    };
    RateLimit: {
      conditions: components["schemas"]["Condition"][] | null;
      /** Format: date-time */
      created_at: string | null;
      from_file: boolean;
      group_by: components["schemas"]["Group"][] | null;
      id: string;
      /** Format: date-time */
      last_updated_at: string | null;
      name: string;
      object: string;
      type: string;
      unit?: string;
      value: number;
      /** @description "*": all */
      workspace_id: string;
    };
    Recorded: {
      origin_request_id?: string;
      reason?: string;
      similarity?: number;
      status: string;
      stored: boolean;
      tier?: string;
    };
    Refusal: {
      /** Format: date-time */
      at: string;
      class: string;
      in_a_row: number;
      /** Format: date-time */
      set_aside_until: string;
      status: number;
    };
    RerankBody: {
      /** @description strings, or objects with a text */
      documents: unknown[] | null;
      model?: string;
      query: string;
      return_documents?: boolean;
      top_n?: number;
    };
    Rescued: {
      fallback: number;
      retry: number;
    };
    RescuedAt: {
      fallback: number;
      retry: components["schemas"]["RetryCount"][] | null;
      /** Format: date-time */
      timestamp: string;
    };
    ReservationEntry: {
      age_seconds: number;
      amount_usd: number;
      api_key_id: string;
      /** Format: date-time */
      created_at: string;
      id: string;
      /**
       * Format: date-time
       * @description null: it stands until its process settles, or starts again
       */
      lease_ends_at: string | null;
      request_id: string;
    };
    ResponsesBody: {
      input?: unknown;
      model?: string;
      previous_response_id?: string;
      stream?: boolean;
    };
    Results: {
      /** @description the first one is the control */
      arms: components["schemas"]["ExperimentArm"][] | null;
      /** @description what arms are drawn by: "member" or "metadata.<key>" */
      by: string;
      /** @description there is more feedback: only the newest is counted */
      capped: boolean;
      /** @description the variant that others are compared with */
      control: string;
      from_file: boolean;
      name: string;
      /** @description "experiment" */
      object: string;
      prompt_id: string;
      /** @description of each variant, in the order of arms */
      results: components["schemas"]["ArmResults"][] | null;
      /** Format: date-time */
      since: string;
      slug: string;
      /**
       * Format: date-time
       * @description of the first version in a row with the same arms
       */
      started_at: string;
      /** @description running, draft or ended */
      state: string;
      /** Format: date-time */
      until: string;
      version: number;
      workspace: string;
    };
    RetryCount: {
      count: number;
      /** @description which retry succeeded */
      retry_success_count: number;
    };
    Row: {
      action: string;
      after?: unknown;
      api_key: string;
      before?: unknown;
      chain_id: string;
      client?: string;
      detail?: {
        [key: string]: string;
      };
      hash: string;
      member: string;
      member_name?: string;
      outcome: string;
      prev_hash: string;
      request_id?: string;
      resource: string;
      resource_id: string;
      seq: number;
      status: number;
      team?: string;
      time: string;
      trace_id?: string;
      workspace: string;
    };
    RpcStatus: {
      code: number;
      message: string;
    };
    Rule: {
      /** Format: date-time */
      created_at: string | null;
      from_file: boolean;
      id: string;
      /** Format: date-time */
      last_updated_at: string | null;
      model?: string;
      /** @description of a markup, too */
      multiplier?: number;
      name: string;
      object: string;
      price?: components["schemas"]["Price"];
      provider?: string;
      team_id?: string;
      virtual_key?: string;
      /** @description "*": all */
      workspace_id: string;
    };
    ScoreCount: {
      score: number;
      total: number;
    };
    Searched: {
      /** @description whose texts were compared */
      rows: number;
      /**
       * Format: date-time
       * @description start of the oldest one; null = there was none
       */
      until: string | null;
    };
    SecretAnswer: {
      expires_at: number;
      session: Record<string, never> | null;
      value: string;
    };
    SecretRequest: {
      expires_after?: Record<string, never>;
      session: Record<string, never> | null;
    };
    ServerMetadata: {
      device_authorization_endpoint: string;
      grant_types_supported: string[] | null;
      issuer: string;
      response_types_supported: string[] | null;
      revocation_endpoint: string;
      scopes_supported: string[] | null;
      token_endpoint: string;
      token_endpoint_auth_methods_supported: string[] | null;
    };
    ServerState: {
      go: string;
      licence: string;
      object: string;
      /** @description why it is not ready */
      problem?: string;
      ready: boolean;
      /** @description of the source, where the build recorded it */
      revision?: string;
      settings: components["schemas"]["Setting"][] | null;
      /** Format: date-time */
      started_at: string;
      version: string;
      /** @description what fails although the server can serve */
      warnings: string[] | null;
    };
    Session: {
      api_key: string;
      api_key_name?: string;
      cache_read_tokens: number;
      cost_usd: number;
      errors: number;
      /** Format: date-time */
      first_at: string;
      id: string;
      input_tokens: number;
      /** Format: date-time */
      last_at: string;
      member: string;
      member_name?: string;
      models: string[] | null;
      object: string;
      output_tokens: number;
      price_usd: number;
      /** @description where the id was read */
      source: string;
      tool_calls: number;
      turns: number;
      /** @description there are more, which are not summed up */
      turns_cut?: boolean;
      unpriced_calls: number;
      workspace_id: string;
    };
    Sessions: {
      data: components["schemas"]["Session"][] | null;
      next_cursor?: string;
      object: string;
      /** @description of a search of texts */
      searched?: components["schemas"]["Searched"];
    };
    Setting: {
      /** @description path in the server's file: "telemetry.retention" */
      name: string;
      /** @description without secrets; "" = not set */
      value: string;
    };
    Settings: {
      from_file: boolean;
      object: string;
      /** @description Unpriced is "allow", "deny" or a ceiling; null: what the server's file sets for all. */
      unpriced_models: unknown;
      workspace_id: string;
    };
    SignInMethods: {
      object: string;
      /** @description GET /v1/auth/oidc/login leads to an identity provider */
      oidc: boolean;
    };
    Span: {
      attributes: Record<string, never> | null;
      duration_us: number;
      id: string;
      kind: string;
      message?: string;
      name: string;
      parent?: string;
      self_us: number;
      start_us: number;
      status: string;
    };
    SpeechBody: {
      /** @description the text to be spoken */
      input: string;
      model?: string;
      voice?: unknown;
    };
    StackAt: {
      stats: components["schemas"]["StatusCount"][] | null;
      /** Format: date-time */
      timestamp: string;
    };
    Status: {
      /** @description "ok", "ready" */
      status: string;
      /** @description what fails although the server can serve */
      warnings?: string[];
    };
    StatusCount: {
      count: number;
      response_status_code: number;
    };
    StatusOfModelcatalog: {
      /** Format: date-time */
      checked_at: string | null;
      /** @description a source is */
      configured: boolean;
      conflicts: number;
      /** @description of the prices that have none of their own */
      day: string;
      every_seconds?: number;
      /** Format: date-time */
      failed_since?: string;
      failures: number;
      models: number;
      object: string;
      /** @description "built-in", "source", or "kept" by an earlier run */
      origin: string;
      /** @description of the last look at the source */
      problem?: string;
      providers: number;
      /** @description by this call */
      renewed?: boolean;
      /** Format: date-time */
      used_since: string;
      /** @description 0: the built-in one */
      version: number;
    };
    SumRow: {
      cache_hits: number;
      calls: number;
      /** @description what vendors bill */
      cost_usd: number;
      errors: number;
      input_tokens: number;
      /** Format: date-time */
      last_seen: string;
      latency_ms: components["schemas"]["TimesOf"];
      /** @description of a member, a team, an API key or a prompt */
      name?: string;
      output_tokens: number;
      /** @description what the caller pays */
      price_usd: number;
      /** @description by a retry or a fallback */
      rescued: number;
      /** @description by the cache */
      saved_usd: number;
      /**
       * Format: date-time
       * @description the beginning of the interval
       */
      timestamp?: string;
      /** @description of streams */
      ttft_ms: components["schemas"]["TimesOf"];
      unpriced_calls: number;
      /** @description different values of the metadata key _user */
      users: number;
      /** @description of the dimension */
      value?: string;
    };
    Sums: {
      data: components["schemas"]["SumRow"][] | null;
      group_by?: string;
      /** @description 0: not divided by time */
      interval_seconds: number;
      object: string;
      /** @description of the same length before, with compare=previous */
      previous?: components["schemas"]["PeriodSums"];
      /** Format: date-time */
      since: string;
      /** Format: date-time */
      until: string;
    };
    Target: {
      /** @description the URL without its path */
      address: string;
      /** Format: date-time */
      created_at: string | null;
      format: string;
      from_file: boolean;
      id: string;
      /** Format: date-time */
      last_updated_at: string | null;
      name: string;
      object: string;
      /** @description "*": all */
      workspace_id: string;
    };
    TargetPrice: {
      cache_read?: number;
      cache_write?: number;
      input: number;
      output: number;
      version?: string;
    };
    Team: {
      /** @description how many belong to the team */
      api_keys: number;
      /** Format: date-time */
      created_at: string;
      from_file: boolean;
      id: string;
      /** @description by name */
      members: components["schemas"]["TeamMember"][] | null;
      name: string;
      object: string;
      /** Format: date-time */
      updated_at: string;
      /** @description name */
      workspace: string;
      workspace_id: string;
    };
    TeamMember: {
      id: string;
      name: string;
      /** @description in the workspace */
      role: string;
    };
    TeamMemberOfLitellm: {
      role: string;
      user_id: string;
    };
    TeamRow: {
      admins: string[] | null;
      blocked: boolean;
      budget_duration: string | null;
      budget_reset_at: string | null;
      /** Format: date-time */
      created_at: string;
      max_budget: Record<string, never> | null;
      max_parallel_requests: number | null;
      members: string[] | null;
      members_with_roles: components["schemas"]["TeamMemberOfLitellm"][] | null;
      metadata: Record<string, never>;
      models: string[] | null;
      organization_id: string | null;
      rpm_limit: number | null;
      spend: number;
      team_alias: string;
      team_id: string;
      tpm_limit: number | null;
      /** Format: date-time */
      updated_at: string;
    };
    Test: {
      delivered: boolean;
      id: string;
      /** @description why it was not delivered */
      problem?: string;
    };
    TextTrial: {
      /** @description in order, none over another */
      findings: components["schemas"]["Finding"][] | null;
      object: string;
      /** @description the text as a provider would get it */
      redacted: string;
      verdicts: components["schemas"]["VerdictOfGuardrail"][] | null;
    };
    TimesOf: {
      count: number;
      mean: number;
      p50: number;
      p90: number;
      p95: number;
      p99: number;
    };
    TokenAnswer: {
      expireTime: string;
      name: string;
      newSessionExpireTime: string;
      uses: number;
    };
    TokenPrices: {
      input: number;
      output: number;
    };
    TokenRequest: {
      bidiGenerateContentSetup?: Record<string, never>;
      expireTime?: string;
      fieldMask?: string;
      newSessionExpireTime?: string;
      uses?: number;
    };
    Tokens: {
      /** @description of a request */
      avg: number;
      input: number;
      output: number;
      total: number;
    };
    TokensAt: {
      /** @description of a request */
      avg: number;
      input: number;
      output: number;
      /** Format: date-time */
      timestamp: string;
      total: number;
    };
    Tool: {
      calls: number;
      name: string;
    };
    Total: {
      total: number;
    };
    TotalAt: {
      /** Format: date-time */
      timestamp: string;
      total: number;
    };
    TotalSpend: {
      /** @description 0: there is none of the whole server */
      max_budget: number;
      spend: number;
    };
    Usage: {
      audio_cache_read_tokens?: number;
      audio_input_tokens?: number;
      audio_output_tokens?: number;
      cache_read_tokens: number;
      /** @description of cache_write_tokens */
      cache_write_1h_tokens?: number;
      cache_write_tokens: number;
      image_cache_read_tokens?: number;
      image_input_tokens?: number;
      image_output_tokens?: number;
      /** @description that were made */
      images?: number;
      input_characters?: number;
      input_seconds?: number;
      input_tokens: number;
      output_seconds?: number;
      output_tokens: number;
      pages?: number;
      /** @description of images, as size */
      quality?: string;
      /** @description of a reranker */
      queries?: number;
      reasoning_tokens: number;
      /** @description that the provider says it served in, where that has a price of its own */
      region?: string;
      /** @description that are billed by the call */
      requests?: number;
      /** @description that the provider says it served; none: the standard one */
      service_tier?: string;
      /** @description of images and videos: what the answer tells, else what was asked for */
      size?: string;
      total_tokens: number;
      video_input_tokens?: number;
      web_searches?: number;
    };
    UsageLimit: {
      /** @description the period */
      group: string;
      is_active: boolean;
      /** @description "spend" */
      kind: string;
      percent: number;
      /** Format: date-time */
      resets_at: string | null;
      /** @description "normal" */
      severity: string;
    };
    UsageLimits: {
      credit_limit: number;
      /**
       * Format: date-time
       * @description null: never
       */
      next_usage_reset_at: string | null;
      /** @description daily, weekly or monthly; null: never */
      periodic_reset: string | null;
      /** @description "cost" */
      type: string;
    };
    UsageLimitsInput: {
      credit_limit: number;
      periodic_reset?: string;
      type?: string;
    };
    UsageOfAdmin: {
      data: components["schemas"]["UsageRow"][] | null;
      group_by: string[] | null;
      object: string;
      /** Format: date-time */
      since: string;
      /** Format: date-time */
      until: string;
    };
    UsageOfClaudecode: {
      extra_usage: components["schemas"]["ExtraUsage"];
      limits: components["schemas"]["UsageLimit"][] | null;
    };
    UsageRow: {
      /** @description id */
      api_key?: string;
      api_key_name?: string;
      calls: number;
      /** @description what vendors bill */
      cost_usd: number;
      /** @description of UTC: "2026-11-29" */
      day?: string;
      errors: number;
      input_tokens: number;
      /** @description id */
      member?: string;
      member_name?: string;
      model?: string;
      output_tokens: number;
      /** @description what the caller pays */
      price_usd: number;
      /** @description id; "" = calls of no team */
      team?: string;
      team_name?: string;
      /** @description that used tokens and have no known price */
      unpriced_calls: number;
    };
    UserInfo: {
      keys: components["schemas"]["KeyRowOfLitellm"][] | null;
      teams: components["schemas"]["TeamRow"][] | null;
      user_id: string;
      user_info: components["schemas"]["UserRowOfLitellm"];
    };
    UserList: {
      page: number;
      page_size: number;
      total: number;
      total_pages: number;
      users: components["schemas"]["UserRowOfLitellm"][] | null;
    };
    UserRow: {
      /** Format: date-time */
      created_at: string;
      /** @description name */
      email: string;
      first_name: string;
      id: string;
      last_name: string;
      /**
       * Format: date-time
       * @description of its creation: later changes are in the audit log
       */
      last_updated_at: string;
      /** @description "user" */
      object: string;
      /** @description owner, admin or member */
      role: string;
      workspace_ids: string[] | null;
    };
    UserRowOfLitellm: {
      budget_duration: string | null;
      budget_reset_at: string | null;
      /** Format: date-time */
      created_at: string;
      key_count: number;
      max_budget: Record<string, never> | null;
      max_parallel_requests: number | null;
      metadata: Record<string, never>;
      models: string[] | null;
      rpm_limit: number | null;
      spend: number;
      teams: string[] | null;
      tpm_limit: number | null;
      user_alias: string | null;
      user_email: string | null;
      user_id: string;
      user_role: string;
    };
    UserUpdate: {
      data: components["schemas"]["UserRowOfLitellm"];
      user_id: string;
    };
    Verdict: {
      /** @description the first seq at fault */
      bad?: number;
      chain: string;
      first: number;
      /** @description of the signed head */
      head?: number;
      last: number;
      reason?: string;
      rows: number;
    };
    VerdictOfGuardrail: {
      action: string;
      checks: components["schemas"]["CheckOfGuardrail"][] | null;
      guardrail: string;
      pass: boolean;
      /** @description "input" or "output" */
      phase: string;
    };
    Verdicts: {
      data: components["schemas"]["Verdict"][] | null;
      object: string;
      ok: boolean;
    };
    Verification: {
      accounts: number;
      entries: number;
      object: string;
      reservations: number;
      sound: boolean;
      transactions: number;
      unbalanced_transactions: string[] | null;
      wrong_accounts: components["schemas"]["DiscrepancyEntry"][] | null;
    };
    Version: {
      body: unknown;
      /** Format: date-time */
      created_at: string;
      created_by: string;
      description: string;
      labels: string[] | null;
      object: string;
      prompt_id: string;
      version: number;
    };
    View: {
      /** Format: date-time */
      created_at: string;
      id: string;
      /** @description id of whom it belongs to */
      member: string;
      name: string;
      object: string;
      /** @description it is the caller's */
      own: boolean;
      /** @description "logs", "analytics" or "sessions" */
      page: string;
      /** @description as in a URL */
      query: string;
      /** @description everybody in the workspace sees it */
      shared: boolean;
      /** Format: date-time */
      updated_at: string;
      workspace_id: string;
    };
    VirtualKey: {
      base_url: string;
      /** @description no credential opens */
      broken?: boolean;
      /** @description of the virtual key alone */
      budgets: components["schemas"]["KeyBudget"][] | null;
      /** Format: date-time */
      created_at: string;
      credentials: components["schemas"]["Credential"][] | null;
      disabled: boolean;
      /** Format: date-time */
      expires_at: string | null;
      /** @description names, or base URLs by name; empty: the vendor's */
      formats: unknown;
      from_file: boolean;
      id: string;
      /** @description model → tokens */
      max_output: {
        [key: string]: number;
      } | null;
      models: string[] | null;
      name: string;
      note: string;
      object: string;
      prices: {
        [key: string]: components["schemas"]["Price"];
      } | null;
      provider: string;
      /** @description of the virtual key alone */
      rate_limits: components["schemas"]["KeyLimit"][] | null;
      /** @description region, project … of the account */
      settings: {
        [key: string]: string;
      } | null;
      /** @description the name, as Portkey's clients read it */
      slug: string;
      status: string;
      /** Format: date-time */
      updated_at: string;
      /** @description the first of them in Portkey's form */
      usage_limits: components["schemas"]["UsageLimits"] | null;
      /** @description name */
      workspace: string;
      workspace_id: string;
    };
    Waiting: {
      address: string;
      /** @description as which it may call models */
      api_keys: string[] | null;
      client: string;
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string;
      object: string;
      scope: string;
    };
    Wallet: {
      /** @description null: all keys of the workspace */
      api_key_id: string | null;
      /** @description what is neither spent nor reserved */
      balance_usd: number;
      /** Format: date-time */
      created_at: string;
      credited_usd: number;
      id: string;
      /** Format: date-time */
      last_updated_at: string;
      name: string;
      object: string;
      /** @description by calls in flight */
      reserved_usd: number;
      spent_usd: number;
      workspace_id: string;
    };
    WeighedFeature: {
      /** @description in log odds; positive speaks for the same answer */
      effect: number;
      feature: string;
      value: number;
    };
    Workspace: {
      /** @description lists of models that API keys may name */
      access_groups: {
        [key: string]: string[];
      } | null;
      /** @description whose errors its callers get; "": the server's */
      compat: string;
      /** @description slug of the default config */
      config: string;
      /** Format: date-time */
      created_at: string;
      /** @description the config is */
      from_file: boolean;
      id: string;
      name: string;
      object: string;
    };
    WorkspaceDefaults: {
      config_id: string;
    };
    WorkspaceRow: {
      /** Format: date-time */
      created_at: string;
      defaults: components["schemas"]["WorkspaceDefaults"];
      description: string;
      id: string;
      /** @description 1: the first one */
      is_default: number;
      /**
       * Format: date-time
       * @description of its creation: later changes are in the audit log
       */
      last_updated_at: string;
      name: string;
      /** @description "workspace" */
      object: string;
      /** @description name */
      slug: string;
      users?: components["schemas"]["MemberRow"][];
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
