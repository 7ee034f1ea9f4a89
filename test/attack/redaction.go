package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// redactions disguises personal data. Neither the upstream nor a record may hold it.
type redactions struct{}

func (redactions) Name() string   { return "redaction canaries" }
func (redactions) Bounds() Bounds { return usual }

func (redactions) Run(ctx context.Context, t *Target, r *Result) error {
	t.Upstream.Set("m", gatewaytest.Reply{Text: "done"})
	w := &sweep{}
	for range 2 {
		for name := range inOrder(contents("4539578763621486", "canary1@example.com", 4)) {
			card, mail := w.plant(t, name)
			content := contents(card, mail, 4+t.Rand.IntN(8))[name]
			canary(ctx, t, r, name, `{"model":"@up/m","messages":[{"role":"user","content":`+content+`}]}`, card, mail)
		}
		for name := range inOrder(fields("4539578763621486", "canary1@example.com")) {
			card, mail := w.plant(t, "field "+name)
			canary(ctx, t, r, "field "+name, `{"model":"@up/m","messages":[{"role":"user","content":"x"}],`+fields(card, mail)[name]+`}`, card, mail)
		}
	}
	functionNames(ctx, t, r)
	time.Sleep(1200 * time.Millisecond) // rows are durable after a second
	w.search(t, r)
	return nil
}

// contents are the contents of messages that hold a card number or an address.
func contents(card, mail string, cut int) map[string]string {
	grouped := card[:4] + " " + card[4:8] + " " + card[8:12] + " " + card[12:]
	return map[string]string{
		"plain": quoted("card " + card), "grouped": quoted("card " + grouped), "dashes": quoted(strings.ReplaceAll(grouped, " ", "-")),
		"arabic": quoted("card " + script(card, 0x0660)), "persian": quoted("card " + script(card, 0x06F0)), "devanagari": quoted("card " + script(card, 0x0966)),
		"mathematical": quoted("card " + script(card, 0x1D7CE)), "monospace": quoted("card " + script(card, 0x1D7F6)), "full width": quoted("card " + script(card, 0xFF10)),
		"entities": quoted("card " + entities(card, "&#%d;")), "hex entities": quoted("card " + entities(card, "&#x%x;")), "number": card,
		"exponent": card[:1] + "." + card[1:] + "e15", "big exponent": card + "e0", "fraction": card + ".0",
		"JSON escapes": `"card ` + entities(card, `\u%04x`) + `"`, "parts": `[{"type":"text","text":"card ` + card[:cut] + `"},{"type":"text","text":"` + card[cut:] + `"}]`,
		"data prefix": quoted("data:;base64," + card), "data image": quoted("data:image/png;base64, " + card), "zero width": quoted("card " + strings.Join(strings.Split(card, ""), "\u200b")),
		"mail": quoted("to " + mail), "mail entity": quoted("to " + strings.Replace(mail, "@", "&#64;", 1)), "mail full width": quoted("to " + strings.Replace(mail, "@", "＠", 1)),
		"mail in parts": `[{"type":"text","text":"to ` + mail[:cut] + `"},{"type":"text","text":"` + mail[cut:] + `"}]`, "mail behind data": quoted("data:;base64," + mail), "mail in a URL": quoted("https://x/?m=" + strings.Replace(mail, "@", "%40", 1)),
	}
}

// fields are other fields of the body that hold one.
func fields(card, mail string) map[string]string {
	return map[string]string{
		"function name": `"tools":[{"type":"function","function":{"name":"f-` + card + `"}}]`, "joined name": `"tools":[{"type":"function","function":{"name":"f_` + card + `"}}]`,
		"letters before": `"tools":[{"type":"function","function":{"name":"f` + card + `"}}]`, "joined key": `"x":{"k_` + card + `":1}`, "joined user": `"user":"u` + card + `"`, "enum": `"tools":[{"type":"function","function":{"name":"f","parameters":{"enum":[` + card + `,` + quoted(mail) + `]}}}]`,
		"user": `"user":` + quoted(mail), "metadata": `"metadata":{"k":` + quoted(card) + `}`, "unknown": `"x":{"y":` + card + `,"type":` + quoted(mail) + `}`, "key": `"x":{` + quoted(mail) + `:1}`,
		"negative": `"x":-` + card, "exponent": `"x":` + card[:1] + "." + card[1:] + "E+15", "stop": `"stop":[` + quoted(card) + `]`, "prompt_cache_key": `"prompt_cache_key":` + quoted(mail),
	}
}

// sweep remembers what was planted and searches the records for it.
type sweep struct{ planted []plant }

type plant struct{ name, card, mail string }

// plant makes a card number and an address that stand nowhere else.
func (w *sweep) plant(t *Target, name string) (card, mail string) {
	card, mail = planted(t)
	w.planted = append(w.planted, plant{name, card, mail})
	return card, mail
}

func planted(t *Target) (card, mail string) {
	return luhn(t), fmt.Sprintf("canary%d@example.com", 1e9+t.Rand.IntN(1e9))
}

func (w *sweep) search(t *Target, r *Result) {
	records := map[string]string{"the log": t.Output()}
	files, _ := filepath.Glob(filepath.Join(t.Dir, "data", "*")) // the pattern is right
	for _, f := range files {
		if raw, err := os.ReadFile(f); err == nil {
			records["the file "+filepath.Base(f)] = string(raw)
		}
	}
	for _, p := range w.planted {
		for name, text := range inOrder(records) {
			r.Check(!strings.Contains(text, p.card) && !strings.Contains(text, p.mail), "%s: %s holds %s or %s", p.name, name, p.card, p.mail)
		}
	}
}

// canary makes one call and looks for card and mail in what went upstream.
func canary(ctx context.Context, t *Target, r *Result, name, body, card, mail string) {
	t.Upstream.Keep(16)
	a := t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: body})
	r.Check(a.Err == nil && a.Status < 500, "%s: %s: %s", name, a.Brief(), clip(body))
	for _, seen := range t.Upstream.Requests() {
		text := folded(string(seen.Body))
		found := strings.Contains(digitsOf(text), card) || strings.Contains(text, mail)
		r.Check(!found, "%s: %s → upstream received %s", name, clip(body), clip(string(seen.Body)))
		for field, values := range seen.Header {
			r.Check(!strings.Contains(strings.Join(values, " "), mail), "%s: the upstream's header %s holds the address", name, field)
		}
	}
}

// functionNames sees that card numbers in function names are replaced, however they are joined
// to the words, and that the name is one that vendors accept.
func functionNames(ctx context.Context, t *Target, r *Result) {
	for _, form := range []string{"f-%s", "f_%s", "f%s", "%sf", "f_%s_1", "f-%s-1", "getOrder%sNow"} {
		name := fmt.Sprintf(form, luhn(t))
		body := `{"model":"@up/m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"` + name + `"}}]}`
		t.Upstream.Keep(16)
		a := t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: body})
		for _, seen := range t.Upstream.Requests() {
			_, rest, _ := strings.Cut(string(seen.Body), `"function":{"name":"`)
			sent, _, _ := strings.Cut(rest, `"`)
			r.Check(vendorName.MatchString(sent), "a function name becomes %q, which vendors refuse: %s (%s)", sent, body, a.Brief())
			r.Check(len(digitsOf(sent)) < 13, "a card number in a function name goes upstream: %s → %s", name, sent)
		}
	}
}

// vendorName is what vendors accept as the name of a function.
var vendorName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// luhn makes a random card number.
func luhn(t *Target) string {
	b := []byte("4539")
	for len(b) < 15 {
		b = append(b, byte('0'+t.Rand.IntN(10)))
	}
	sum := 0
	for i, c := range b {
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return string(append(b, byte('0'+(10-sum%10)%10)))
}

// script writes digits in the script whose zero is given.
func script(digits string, zero rune) string {
	return strings.Map(func(c rune) rune { return zero + c - '0' }, digits)
}

func entities(text, format string) string {
	var b strings.Builder
	for _, c := range text {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}
