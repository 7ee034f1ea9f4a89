{{/* The server's file: what the chart sets, with .Values.config on top. */}}
{{- define "sluice.file" -}}
{{- $several := or (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled }}
{{- if and $several (not .Values.postgres.dsn) }}
{{- fail "postgres.dsn is empty: several replicas need one PostgreSQL. For a single replica without it, set replicaCount to 1." }}
{{- end }}
{{- if and $several (not .Values.clickhouse.dsn) }}
{{- fail "clickhouse.dsn is empty: several replicas need one ClickHouse, or each would show its own rows only. For a single replica without it, set replicaCount to 1." }}
{{- end }}
{{- $file := dict "listen" "0.0.0.0:8787" "data_dir" "/var/lib/sluice" "prompts" (dict "dir" "/var/lib/sluice/prompts") }}
{{- with int .Values.drainDelaySeconds }}{{ $_ := set $file "drain" (dict "delay" (printf "%ds" .)) }}{{ end }}
{{- with .Values.postgres.dsn }}{{ $_ := set $file "control" (dict "store" "postgres" "dsn" .) }}{{ end }}
{{- with .Values.redis.url }}{{ $_ := set $file "counters" (dict "store" "redis" "url" .) }}{{ end }}
{{- with .Values.clickhouse.dsn }}{{ $_ := set $file "telemetry" (dict "store" "clickhouse" "dsn" .) }}{{ end }}
{{- with .Values.qdrant }}{{ if .url }}
{{- $qdrant := dict "url" .url "collection" "sluice" }}
{{- with .apiKey }}{{ $_ := set $qdrant "api_key" . }}{{ end }}
{{- $_ := set $file "cache" (dict "semantic" (dict "index" "qdrant" "qdrant" $qdrant)) }}
{{- end }}{{ end }}
{{- toYaml (mustMergeOverwrite $file (deepCopy .Values.config)) }}
{{- end }}
