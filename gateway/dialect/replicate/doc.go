// Package replicate is the format of Replicate's predictions
// (https://replicate.com/docs/reference/http, https://replicate.com/docs/topics/predictions/streaming).
// Only targets speak it.
//
// A prediction is an object with a status, an output that is a text or a list of its pieces, and metrics.
// A streamed one is a sequence of events, "output" with a piece of the text as it is, "error", "logs" and
// "done", and behind them the event "prediction" that Sluice adds: the prediction as it ended, which
// tells what was counted.
//
// The input of a model is the model's own. That of language models has a "prompt" and a "system_prompt";
// a conversation of several turns is sent as "messages", which some models take.
package replicate

// Dialect is the format. It implements dialect.TargetFormat.
type Dialect struct{}

// Name implements dialect.TargetFormat.
func (Dialect) Name() string { return "replicate" }
