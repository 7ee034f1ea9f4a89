#!/bin/sh
# Gemini CLI. Started with a home of its own in an empty folder; the question stands in PROMPT.
mkdir -p "$HOME/.gemini"
cat > "$HOME/.gemini/settings.json" <<JSON
{"security": {"auth": {"selectedType": "gemini-api-key"}}, "privacy": {"usageStatisticsEnabled": false}, "general": {"disableAutoUpdate": true, "retryFetchErrors": false}}
JSON
export GOOGLE_GEMINI_BASE_URL="$SLUICE_BASE" GEMINI_API_KEY="$SLUICE_KEY"
exec gemini --skip-trust --yolo --model "$SLUICE_MODEL" --prompt "$PROMPT" </dev/null
