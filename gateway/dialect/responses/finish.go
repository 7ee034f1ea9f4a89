package responses

import "github.com/tidwall/gjson"

// The states of a response and of its items.
const (
	inProgress = "in_progress"
	completed  = "completed"
	incomplete = "incomplete"
	failed     = "failed"
)

// finishOf is OpenAI's finish reason of a chat for a response; "" while it is not over.
func finishOf(response gjson.Result) string {
	switch text(response.Get("status")) {
	case incomplete:
		if text(response.Get("incomplete_details.reason")) == "content_filter" {
			return "content_filter"
		}
		return "length"
	case completed:
	case "":
		if !response.Get("output").IsArray() {
			return ""
		}
	default:
		return ""
	}
	finish := "stop"
	response.Get("output").ForEach(func(_, item gjson.Result) bool {
		if callOf(text(item.Get("type"))) != noCall {
			finish = "tool_calls"
		}
		return true
	})
	return finish
}

// statusOf is the state of a response for a finish reason, and why it is incomplete.
func statusOf(finish string) (status, reason string) {
	switch finish {
	case "length":
		return incomplete, "max_output_tokens"
	case "content_filter":
		return incomplete, "content_filter"
	}
	return completed, ""
}

// call is a kind of item that asks the caller to run a tool of its own.
type call uint8

const (
	noCall     call = iota
	functional      // arguments are JSON
	freeForm        // the input is any text
)

func callOf(itemType string) call {
	switch itemType {
	case "function_call":
		return functional
	case "custom_tool_call":
		return freeForm
	}
	return noCall
}
