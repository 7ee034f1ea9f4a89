#!/bin/sh
# Claude Code. Started with a home of its own in an empty folder; the question stands in PROMPT.
export ANTHROPIC_BASE_URL="$SLUICE_BASE" ANTHROPIC_AUTH_TOKEN="$SLUICE_KEY"
export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_AUTOUPDATER=1 CLAUDE_CODE_MAX_RETRIES=1
exec claude -p "$PROMPT" --model "$SLUICE_MODEL" --permission-mode acceptEdits --allowedTools Read Write Bash
