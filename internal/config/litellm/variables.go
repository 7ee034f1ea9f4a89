package litellm

import (
	"strings"

	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// environPrefix begins a value that stands for a variable.
const environPrefix = "os.environ/"

// variables replaces what stands for a variable in every string of the file: os.environ/NAME
// as a whole value, and ${NAME} or ${NAME:-default} inside one. A variable that is not set makes
// the value null.
func (r *reader) variables(root *yamltree.Node) {
	if own := root.Get("environment_variables"); own != nil {
		r.replaceBelow(own)
		outer := r.getenv
		r.getenv = func(name string) (string, bool) {
			if n := own.Get(name); n != nil && n.Kind != yamltree.Null {
				return n.Text, true
			}
			return outer(name)
		}
	}
	r.replaceBelow(root)
}

func (r *reader) replaceBelow(n *yamltree.Node) {
	n.Walk(func(n *yamltree.Node) {
		if n.Kind != yamltree.String || r.replaced[n] {
			return
		}
		text, missing := r.replace(n.Text)
		if text == n.Text && missing == "" {
			return
		}
		r.replaced[n] = true
		if missing != "" {
			r.note(placeOf(n), Missing, "the environment variable %s is not set", missing)
			n.Kind, n.Text = yamltree.Null, ""
			return
		}
		n.Quoted = false
		n.SetText(text)
	})
}

// replace replaces the variables in text, or names the one that is not set.
func (r *reader) replace(text string) (out, missing string) {
	if name, ok := strings.CutPrefix(text, environPrefix); ok {
		value, set := r.getenv(name)
		if !set {
			return text, name
		}
		return value, ""
	}
	var b strings.Builder
	rest := text
	for {
		before, after, ok := strings.Cut(rest, "${")
		spec, tail, closed := strings.Cut(after, "}")
		if !ok || !closed {
			b.WriteString(rest)
			return b.String(), ""
		}
		name, fallback, defaulted := strings.Cut(spec, ":-")
		value, set := r.getenv(name)
		switch {
		case defaulted && value == "":
			value = fallback
		case !set:
			return text, name
		}
		b.WriteString(before + value)
		rest = tail
	}
}
