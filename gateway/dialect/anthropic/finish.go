package anthropic

// finishReasons are OpenAI's words for Anthropic's stop reasons.
var finishReasons = map[string]string{
	"end_turn": "stop", "stop_sequence": "stop", "pause_turn": "stop", "compaction": "stop",
	"max_tokens": "length", "model_context_window_exceeded": "length",
	"tool_use": "tool_calls", "refusal": "content_filter",
}

// finishOf is OpenAI's word for a stop reason. One that is not known is an end.
func finishOf(stop string) string {
	if f, ok := finishReasons[stop]; ok || stop == "" {
		return f
	}
	return "stop"
}

// stopReasons are Anthropic's words for OpenAI's finish reasons.
var stopReasons = map[string]string{
	"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use",
	"function_call": "tool_use", "content_filter": "refusal",
}

// stopOf is Anthropic's word for a finish reason. One that is not known is an end.
func stopOf(finish string) string {
	if s, ok := stopReasons[finish]; ok {
		return s
	}
	return "end_turn"
}
