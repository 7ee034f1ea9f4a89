package e2e

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tidwall/gjson"
)

// messagesVendor answers in Anthropic's format, as the model's maker or as a reseller of it. It signs reasoning
// and refuses signatures that are not its own.
type messagesVendor struct {
	signature string
	words     []string
	tokens    func(prompt string) int
	answers   atomic.Int64
}

var askedWords = regexp.MustCompile(`code word is (\w+)\.`)

func (v *messagesVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	body := gjson.ParseBytes(raw)
	w.Header().Set("content-type", "application/json")
	if given := body.Get(`messages.#(role="assistant").content.#(type="thinking").signature`); given.Exists() && given.String() != v.signature {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"type":"error","error":{"type":"invalid_request_error","message":"messages.1.content.0: Invalid `+"`signature` in `thinking`"+` block"}}`)
		return
	}
	if body.Get("thinking.type").String() == "adaptive" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"type":"error","error":{"type":"invalid_request_error","message":"adaptive thinking is not supported on this model"}}`)
		return
	}
	prompt := body.Get("messages.0.content").String()
	if text := body.Get("messages.0.content.0.text"); text.Exists() {
		prompt = text.String()
	}
	text, thinking := v.text(prompt), ""
	if body.Get("thinking").Exists() {
		thinking = `{"type":"thinking","thinking":"391, 399","signature":"` + v.signature + `"},`
	}
	_, _ = fmt.Fprintf(w, `{"id":"msg_%d","type":"message","role":"assistant","model":"claude-opus-4-7","content":[%s{"type":"text","text":%q}],"stop_reason":"end_turn","usage":{"input_tokens":%d,"output_tokens":%d}}`,
		v.answers.Add(1), thinking, text, v.tokens(prompt), 1+len(text)/4)
}

func (v *messagesVendor) text(prompt string) string {
	if found := askedWords.FindAllStringSubmatch(prompt, -1); len(found) == 2 {
		return found[0][1] + " " + found[1][1]
	}
	var b strings.Builder
	for range 10 + rand.IntN(5) {
		b.WriteString(v.words[min(int(rand.ExpFloat64()*4), len(v.words)-1)] + " ")
	}
	return b.String()
}

// TestVirtualKeysAreCompared: the command tells a reseller that serves the model from those that do not.
func TestVirtualKeysAreCompared(t *testing.T) {
	honest := strings.Fields("the lighthouse keeper found a letter under old floorboards nobody remembered except quiet rain")
	const signature = "RXJpZ2luYWxTaWduYXR1cmVPZlRoZU1ha2VyMTIzNDU2Nzg5MGFiY2RlZg=="
	count := func(prompt string) int { return 8 + len(prompt)/4 }
	config := "trusted_hosts: [127.0.0.1]\nvirtual_keys:\n"
	for name, v := range map[string]*messagesVendor{
		"maker":    {signature: signature, words: honest, tokens: count},
		"honest":   {signature: signature, words: honest, tokens: count},
		"inflates": {signature: signature, words: honest, tokens: func(prompt string) int { return count(prompt) * 13 / 10 }},
		"swaps": {signature: "Rm9yZ2VkU2lnbmF0dXJlT2ZBUmVzZWxsZXIxMjM0NTY3ODkwYWJjZGVmZ2g==", tokens: count,
			words: strings.Fields("when Mira opened grandmother's clock it began counting backwards through winters")},
	} {
		up := httptest.NewServer(v)
		t.Cleanup(up.Close)
		config += fmt.Sprintf("  - {name: %s, provider: anthropic, base_url: %q, api_key: sk-ant-test, prices: {\"*\": {input: 1, output: 2}}}\n", name, up.URL)
	}
	s := start(t, config, nil)
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	for name, differs := range map[string]string{"honest": "", "inflates": "input tokens", "swaps": "answers, signed reasoning"} {
		cmd := exec.Command(binary, "virtual-keys", "compare", name, "--trusted", "maker", "--model", "claude-opus-4-7")
		cmd.Env = append(os.Environ(), "SLUICE_URL="+s.url, "SLUICE_API_KEY="+ownerKey)
		out, err := cmd.CombinedOutput()
		if failed := err != nil; failed != (differs != "") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		var found []string
		for line := range strings.Lines(string(out)) {
			if cells := strings.Split(line, "\t"); len(cells) == 3 && cells[1] == "differs" {
				found = append(found, cells[0])
			} else if name == "honest" && len(cells) == 3 && cells[1] == "unclear" {
				t.Errorf("unclear: %s", line)
			}
		}
		if got := strings.Join(found, ", "); got != differs {
			t.Errorf("%s differs by %q, want %q\n%s", name, got, differs, out)
		}
	}
}
