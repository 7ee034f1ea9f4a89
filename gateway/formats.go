package gateway

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// The names of the wire formats that a provider may offer.
const (
	FormatChat      = "chat"      // OpenAI's chat completions
	FormatResponses = "responses" // OpenAI's Responses
	FormatMessages  = "messages"  // Anthropic's Messages
	FormatGemini    = "gemini"    // Google's generateContent
)

// FormatNames lists the wire formats.
func FormatNames() []string {
	return []string{FormatChat, FormatResponses, FormatMessages, FormatGemini}
}

// Formats are the wire formats that a provider offers, by name, with the base URL of each; ""
// is the base URL of the provider. In JSON they are a list of names, or an object if one of them
// has a base URL of its own. It must not be modified.
type Formats map[string]string

// Names lists the formats in alphabetical order.
func (f Formats) Names() []string { return slices.Sorted(maps.Keys(f)) }

// Offers reports whether f has a format.
func (f Formats) Offers(name string) bool {
	_, ok := f[name]
	return ok
}

// MarshalJSON writes a list or an object.
func (f Formats) MarshalJSON() ([]byte, error) {
	for _, url := range f {
		if url != "" {
			return json.Marshal(map[string]string(f))
		}
	}
	if f == nil {
		return []byte("null"), nil
	}
	return json.Marshal(append([]string{}, f.Names()...))
}

// UnmarshalJSON reads a list of names, or an object of names and base URLs, of which null is "".
func (f *Formats) UnmarshalJSON(raw []byte) error {
	var names []string
	if json.Unmarshal(raw, &names) == nil {
		if names == nil {
			*f = nil
			return nil
		}
		*f = make(Formats, len(names))
		for _, name := range names {
			if f.Offers(name) {
				return errors.New("a format stands twice: " + name)
			}
			(*f)[name] = ""
		}
		return nil
	}
	var urls map[string]string
	if err := json.Unmarshal(raw, &urls); err != nil {
		return errors.New("formats must be a list of names, or an object of base URLs by name")
	}
	*f = urls
	return nil
}
