// Command gen writes maxoutput.json: the most output tokens of one answer, for the models
// that prices.json has. The numbers come from LiteLLM's model_prices_and_context_window.json
// (MIT licence, Copyright (c) 2023 Berri AI), which the wheel of the Python package litellm
// holds as model_prices_and_context_window_backup.json.
//
//	go run ./gen litellm-1.110.2-….whl
package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// names are LiteLLM's names of providers where they differ from ours.
var names = map[string]string{"mistral-ai": "mistral", "x-ai": "xai", "google": "gemini"}

func main() {
	if err := run(os.Args[1:]); err != nil {
		panic(err)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: gen WHEEL")
	}
	known, err := litellm(args[0])
	if err != nil {
		return err
	}
	raw, err := os.ReadFile("prices.json")
	if err != nil {
		return err
	}
	var priced struct {
		Rows []struct{ Provider, Model string } `json:"rows"`
	}
	if err := json.Unmarshal(raw, &priced); err != nil {
		return err
	}
	version := strings.Join(strings.SplitN(filepath.Base(args[0]), "-", 3)[:2], " ")
	out := struct {
		Source string                      `json:"source"`
		Tokens map[string]map[string]int64 `json:"tokens"` // provider → model
	}{"https://github.com/BerriAI/litellm model_prices_and_context_window.json in " + version + ", MIT licence, Copyright (c) 2023 Berri AI", map[string]map[string]int64{}}
	for _, row := range priced.Rows {
		if n := tokens(known, row.Provider, row.Model); n > 0 {
			if out.Tokens[row.Provider] == nil {
				out.Tokens[row.Provider] = map[string]int64{}
			}
			out.Tokens[row.Provider][row.Model] = n
		}
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile("maxoutput.json", append(text, '\n'), 0o644)
}

type model struct {
	MaxInput  json.Number `json:"max_input_tokens"`
	MaxOutput json.Number `json:"max_output_tokens"`
	Mode      string      `json:"mode"`
}

// litellm reads the table out of the wheel.
func litellm(wheel string) (map[string]model, error) {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "/model_prices_and_context_window_backup.json") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		raw, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		var rows map[string]json.RawMessage
		if err := json.Unmarshal(raw, &rows); err != nil {
			return nil, err
		}
		out := map[string]model{}
		for name, row := range rows {
			var m model
			if json.Unmarshal(row, &m) == nil { // the first row explains the format
				out[name] = m
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("%s holds no table of models", wheel)
}

// tokens finds a model under its own name, else under LiteLLM's "provider/model".
func tokens(known map[string]model, provider, name string) int64 {
	prefix := provider
	if other := names[provider]; other != "" {
		prefix = other
	}
	for _, key := range []string{prefix + "/" + name, name} {
		if m, ok := known[key]; ok && (m.Mode == "chat" || m.Mode == "responses" || m.Mode == "completion") {
			n, _ := m.MaxOutput.Int64()
			if in, _ := m.MaxInput.Int64(); n == in {
				n /= 2 // the table gives the whole context, of which the prompt is a part
			}
			return n
		}
	}
	return 0
}
