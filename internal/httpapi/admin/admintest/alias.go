package admintest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// aliases stand for random text, in the order of its first appearance.
type aliases struct {
	alias, text map[string]string
	count       map[string]int
}

func newAliases() *aliases {
	return &aliases{alias: map[string]string{}, text: map[string]string{}, count: map[string]int{}}
}

// random is text that differs from run to run.
var random = []struct {
	kind string
	form *regexp.Regexp
}{
	{"key", regexp.MustCompile(`sk-sl-[0-9A-Za-z]{40}`)},
	{"masked", regexp.MustCompile(`sk-sl-[0-9A-Za-z]{4}…`)},
	{"hash", regexp.MustCompile(`[0-9a-f]{64}`)},
	{"name", regexp.MustCompile(`(?:key|user)-(?:[0-9a-hjkmnp-tv-z]{26}|[0-9A-Za-z._-]+-[0-9a-hjkmnp-tv-z]{8}\b)`)},
	{"id", regexp.MustCompile(`[0-7][0-9A-HJKMNP-TV-Z]{25}`)},
}

// hide puts aliases in the place of random text.
func (a *aliases) hide(text string) string {
	for _, r := range random {
		text = r.form.ReplaceAllStringFunc(text, func(found string) string {
			if a.alias[found] == "" {
				a.count[r.kind]++
				alias := fmt.Sprintf("$%s%d", r.kind, a.count[r.kind])
				a.alias[found], a.text[alias] = alias, found
			}
			return a.alias[found]
		})
	}
	return text
}

var reference = regexp.MustCompile(`\$[a-z]+[0-9]+`)

// reveal puts back what aliases stand for.
func (a *aliases) reveal(text string) string {
	return reference.ReplaceAllStringFunc(text, func(alias string) string {
		if a.text[alias] == "" {
			return alias
		}
		return a.text[alias]
	})
}

func indented(body []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, body, "", "  ") != nil {
		return strings.TrimSpace(string(body))
	}
	return out.String()
}
