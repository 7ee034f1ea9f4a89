#!/bin/sh
# Aider, which has no tools: it reads changes of files out of the text. Started with a home of its own in an empty folder; the question stands in PROMPT.
touch answer.txt
export OPENAI_API_BASE="$SLUICE_BASE/v1" OPENAI_API_KEY="$SLUICE_KEY"
exec aider --model "openai/$SLUICE_MODEL" --edit-format whole --no-git --yes-always --no-check-update --analytics-disable --no-show-model-warnings --no-pretty \
  --no-show-release-notes --no-detect-urls --message "$PROMPT" answer.txt note.txt </dev/null
