package gemini

// finishReasons are OpenAI's words for Google's finish reasons.
var finishReasons = map[string]string{
	"STOP": "stop", "MAX_TOKENS": "length",
	"SAFETY": "content_filter", "RECITATION": "content_filter", "BLOCKLIST": "content_filter", "PROHIBITED_CONTENT": "content_filter",
	"SPII": "content_filter", "LANGUAGE": "content_filter", "IMAGE_SAFETY": "content_filter", "IMAGE_PROHIBITED_CONTENT": "content_filter",
	"IMAGE_RECITATION": "content_filter", "MODEL_ARMOR": "content_filter",
}

// finishOf is OpenAI's word for a finish reason. One that is not known is an end. Google has
// no word of its own for an answer that calls functions.
func finishOf(reason string, called bool) string {
	f, ok := finishReasons[reason]
	switch {
	case !ok:
		return "stop"
	case f == "stop" && called:
		return "tool_calls"
	}
	return f
}

// reasonOf is Google's word for a finish reason.
func reasonOf(finish string) string {
	switch finish {
	case "length":
		return "MAX_TOKENS"
	case "content_filter":
		return "SAFETY"
	}
	return "STOP"
}
