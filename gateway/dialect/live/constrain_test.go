package live

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestTokens: what an ephemeral token names cannot be chosen by the caller, however it is written.
func TestTokens(t *testing.T) {
	const token = `{"model":"models/a","generationConfig":{"temperature":0.1,"responseModalities":["TEXT"]}}`
	for name, c := range map[string]struct{ token, fields, asked, want string }{
		"no setup":         {"", "", `{"model":"b","x":1}`, `{"model":"b","x":1}`},
		"the whole setup":  {token, "", `{"model":"b","tools":[{}]}`, `{"model":"a","generationConfig":{"temperature":0.1,"responseModalities":["TEXT"]}}`},
		"some fields":      {token, "model,generationConfig.temperature", `{"model":"b","tools":[],"generationConfig":{"temperature":2,"topK":3}}`, `{"tools":[],"model":"a","generationConfig":{"topK":3,"temperature":0.1}}`},
		"snake case":       {token, "model,generation_config.temperature", `{"model":"b","generation_config":{"temperature":2,"top_k":3}}`, `{"model":"a","generationConfig":{"top_k":3,"temperature":0.1}}`},
		"without a value":  {token, "tools", `{"model":"b","tools":[{"googleSearch":{}}]}`, `{"model":"b"}`},
		"no setup, fields": {"", "tools,generationConfig.seed", `{"model":"b","tools":[{}],"generationConfig":{"seed":1}}`, `{"model":"b","generationConfig":{}}`},
		"a field and one inside of it": {token, "generationConfig,generationConfig.topK", `{"model":"b","generationConfig":{"topK":1}}`,
			`{"model":"b","generationConfig":{"temperature":0.1,"responseModalities":["TEXT"]}}`},
		"no object":         {token, "model,generationConfig.temperature", `{"generationConfig":7}`, `{"model":"a","generationConfig":{"temperature":0.1}}`},
		"written twice":     {token, "generationConfig.temperature", `{"model":"b","generationConfig":{},"generation_config":{"temperature":2}}`, "setup.generation_config"},
		"twice inside":      {token, "generationConfig.temperature", `{"model":"b","generationConfig":{"temperature":1,"temperature":2}}`, "setup.generationConfig.temperature"},
		"no model, no lock": {`{"tools":[]}`, "tools", `{"x":1}`, "setup.model"},
	} {
		of := &Token{}
		if c.token != "" {
			of.Setup = []byte(c.token)
		}
		if c.fields != "" {
			of.Fields = strings.Split(c.fields, ",")
		}
		req, err := Request([]byte(`{"setup":`+c.asked+`}`), of)
		got := ""
		if err != nil {
			got = gateway.AsError(err).Param
		} else {
			got = string(req.Raw)
		}
		if got != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}
