package demo

import "time"

// model is a model that calls ask for, with how fast it answers.
type model struct {
	provider, name, served string // served: as answers name it
	first                  time.Duration
	token                  time.Duration // for each token of the answer
}

var (
	chatModels = []model{
		{"openai", "gpt-5-mini", "gpt-5-mini-2025-08-07", 420 * time.Millisecond, 9 * time.Millisecond},
		{"openai", "gpt-5-mini", "gpt-5-mini-2025-08-07", 420 * time.Millisecond, 9 * time.Millisecond},
		{"openai", "gpt-5", "gpt-5-2025-08-07", 900 * time.Millisecond, 14 * time.Millisecond},
		{"anthropic", "claude-haiku-4-5", "claude-haiku-4-5", 380 * time.Millisecond, 7 * time.Millisecond},
		{"google", "gemini-2.5-flash", "gemini-2.5-flash", 350 * time.Millisecond, 5 * time.Millisecond},
	}
	agentModels = []model{
		{"anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5", 850 * time.Millisecond, 13 * time.Millisecond},
		{"anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5", 850 * time.Millisecond, 13 * time.Millisecond},
		{"anthropic", "claude-opus-4-7", "claude-opus-4-7", 1300 * time.Millisecond, 19 * time.Millisecond},
		{"openai", "gpt-5", "gpt-5-2025-08-07", 900 * time.Millisecond, 14 * time.Millisecond},
	}
	// substitute answers where the first target of a call has failed.
	substitute = model{"anthropic", "claude-haiku-4-5", "claude-haiku-4-5", 380 * time.Millisecond, 7 * time.Millisecond}
)

// Providers are the providers of the models.
func Providers() []string { return []string{"anthropic", "google", "openai"} }

// answerTime is how long an answer of so many tokens takes at a time of day: providers are slower
// while many work.
func (h *hour) answerTime(m model, tokens int64) (first, total time.Duration) {
	slower := 1 + float64(callsByHour[h.begin.Hour()])/60 // up to one and a half times
	spread := func(d time.Duration) time.Duration {
		return time.Duration(float64(d) * slower * (0.7 + 0.8*h.random.Float64())).Truncate(time.Microsecond)
	}
	first = spread(m.first)
	if h.chance(3) {
		first *= 5
	}
	return first, first + spread(m.token*time.Duration(tokens))
}
