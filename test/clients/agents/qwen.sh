#!/bin/sh
# Qwen Code. Started with a home of its own in an empty folder; the question stands in PROMPT.
mkdir -p "$HOME/.qwen"
cat > "$HOME/.qwen/settings.json" <<JSON
{"security": {"auth": {"selectedType": "openai"}}, "privacy": {"usageStatisticsEnabled": false}, "general": {"disableAutoUpdate": true}, "model": {"name": "$SLUICE_MODEL"}}
JSON
export OPENAI_BASE_URL="$SLUICE_BASE/v1" OPENAI_API_KEY="$SLUICE_KEY" OPENAI_MODEL="$SLUICE_MODEL"
exec qwen --yolo --prompt "$PROMPT" </dev/null
