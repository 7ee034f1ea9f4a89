package catalog

import (
	_ "embed"
	"encoding/json"
)

//go:generate go run ./gen $LITELLM_WHEEL

//go:embed maxoutput.json
var maxOutputTable []byte

// readMaxOutput reads the embedded table: provider → model → tokens.
func readMaxOutput() (map[string]map[string]int64, error) {
	var file struct {
		Tokens map[string]map[string]int64 `json:"tokens"`
	}
	err := json.Unmarshal(maxOutputTable, &file)
	return file.Tokens, err
}

// MaxOutput is the most output tokens of one answer of a model; ok is false when that is
// not known.
func (c *Catalog) MaxOutput(provider, model string) (tokens int64, ok bool) {
	for _, id := range ids(provider, model) {
		if tokens, ok = c.maxOutput[provider][id]; ok {
			return tokens, true
		}
	}
	return 0, false
}
