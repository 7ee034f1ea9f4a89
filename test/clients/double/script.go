package double

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Answer is what the model says, whatever the format.
type Answer struct {
	Thought string
	Pieces  []string // text, as it is streamed
	Calls   []Call
	Status  int    // of an error; 0 = none
	Message string // of an error
	Cut     bool   // the stream breaks off after two pieces, with an aborted connection
	Quiet   bool   // the stream ends after two pieces in good order, without its end mark
	Slow    bool   // the stream takes half a minute
	Cached  bool   // the usage counts cached tokens
}

// Call is a call of a tool.
type Call struct {
	ID   string
	Tool Tool
	Args string // JSON; of a custom tool its bare input
}

func (a Answer) text() string { return strings.Join(a.Pieces, "") }

// What the double says, and what it is told not to know.
const (
	Hello      = "Hello from the upstream."
	Thought    = `Who asks? A "friend" <é>, I think.`
	Signature  = "EXE0/+Zmb2/7/75iYXL4AQ=="
	Secret     = "ann.lee@example.com"
	SecretCard = "4111111111111111"
	Leak       = "The upstream has read the secret."
	Limited    = "This request would exceed your rate limit"
	Refused    = "the upstream refuses this request"
	Down       = "the upstream has an internal error"
)

// Tokens that the double counts.
const (
	InputTokens     = 30
	OutputTokens    = 12
	ReasoningTokens = 7
	CachedTokens    = 20 // among the input tokens
)

// failures are the errors, by scenario.
var failures = map[string]Answer{
	"down":    {Status: 500, Message: Down},
	"limited": {Status: 429, Message: Limited},
	"refused": {Status: 400, Message: Refused},
}

// script is the answer to a turn.
func script(t *Turn) Answer {
	if failure, ok := failures[t.Scenario()]; ok {
		return failure
	}
	a := Answer{Pieces: pieces(Hello)}
	if t.Reasoning {
		a.Thought = Thought
	}
	for _, text := range append(t.Texts, t.Results...) {
		if strings.Contains(text, Secret) || strings.Contains(text, SecretCard) {
			return Answer{Pieces: pieces(Leak)}
		}
	}
	if t.Forced != "" && len(t.Results) == 0 {
		if tool, ok := t.tool(t.Forced); ok {
			return Answer{Calls: []Call{{ID: "call_0", Tool: tool, Args: sample(tool.Schema)}}}
		}
	}
	if t.Scenario() == "structured" && !t.Schema.Exists() && len(t.Tools) == 0 {
		for _, text := range t.Texts {
			t.toldSchema(text)
		}
	}
	if t.Schema.Exists() {
		a.Pieces = pieces(sample(t.Schema))
		return a
	}
	switch t.Scenario() {
	case "echo":
		a.Pieces = pieces("You wrote: " + t.asking())
	case "images":
		a.Pieces = pieces("I see " + strings.Join(t.Files, " and ") + ".")
	case "tools":
		a = weather(t, a, "Paris")
	case "parallel":
		a = weather(t, a, "Paris", "Rome")
	case "structured":
		if len(t.Tools) > 0 && len(t.Results) == 0 {
			a.Pieces, a.Calls = nil, []Call{{ID: "call_0", Tool: t.Tools[0], Args: sample(t.Tools[0].Schema)}}
		}
	case "agent":
		a = agent(t, a)
	case "cut":
		a.Cut = true
	case "quiet":
		a.Quiet = true
	case "endless":
		a.Pieces, a.Slow = slices.Repeat([]string{"on "}, 300), true
	case "cached":
		a.Cached = true
	}
	return a
}

// weather calls the first tool once for each city, and quotes the results.
func weather(t *Turn, a Answer, cities ...string) Answer {
	if len(t.Results) > 0 {
		var told []string
		for _, result := range t.Results {
			told = append(told, unquoted(result))
		}
		a.Pieces = pieces("It is " + strings.Join(told, " and ") + ".")
		return a
	}
	if len(t.Tools) == 0 || t.NoTools {
		return a
	}
	a.Pieces = pieces("Let me look.")
	for i, city := range cities {
		args := strings.ReplaceAll(sample(t.Tools[0].Schema), "Paris", city)
		a.Calls = append(a.Calls, Call{ID: fmt.Sprintf("call_%d", i), Tool: t.Tools[0], Args: args})
	}
	return a
}

// unquoted is the text of a result that a client has sent as a JSON string or in an object.
func unquoted(result string) string {
	if m := degrees.FindString(result); m != "" {
		return m
	}
	return result
}

var degrees = regexp.MustCompile(`\d+ degrees`)

// pieces cuts a text behind its spaces.
func pieces(text string) []string { return strings.SplitAfter(text, " ") }

// quoted is a JSON string.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be encoded
	}
	return string(b)
}
