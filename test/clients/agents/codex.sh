#!/bin/sh
# Codex; the first argument is a model whose name makes it send other tools. Started with a home of its own in an empty folder; the question stands in PROMPT.
mkdir -p "$HOME/.codex"
cat > "$HOME/.codex/config.toml" <<TOML
model = "${1:-$SLUICE_MODEL}"
model_provider = "sluice"
[model_providers.sluice]
name = "Sluice"
base_url = "$SLUICE_BASE/v1"
env_key = "SLUICE_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
TOML
exec codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox "$PROMPT" </dev/null
