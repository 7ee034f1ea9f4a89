#!/bin/sh
# opencode, with the AI SDK's provider that is named as the first argument. Started with a home of its own in an empty folder; the question stands in PROMPT.
mkdir -p "$HOME/.config/opencode"
cat > "$HOME/.config/opencode/opencode.json" <<JSON
{"\$schema": "https://opencode.ai/config.json", "autoupdate": false, "share": "disabled", "permission": {"edit": "allow", "bash": "allow"},
 "model": "sluice/$SLUICE_MODEL",
 "provider": {"sluice": {"npm": "$1", "name": "Sluice", "options": {"baseURL": "$SLUICE_BASE/v1", "apiKey": "$SLUICE_KEY"},
  "models": {"$SLUICE_MODEL": {"name": "the model", "limit": {"context": 200000, "output": 32000}}}}}}
JSON
export OPENCODE_DISABLE_MODELS_FETCH=1 OPENCODE_DISABLE_AUTOUPDATE=1 OPENCODE_DISABLE_DEFAULT_PLUGINS=1 OPENCODE_DISABLE_LSP_DOWNLOAD=1
exec opencode run --model "sluice/$SLUICE_MODEL" "$PROMPT" </dev/null
