package suite

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

//go:embed english.txt
var english string

//go:embed chinese.txt
var chinese string

//go:embed adversarial.txt
var adversarial string

//go:embed adversarial_chinese.txt
var adversarialChinese string

// Need is what a person wants to know.
type Need struct {
	Name      string
	Chinese   bool
	HeldOut   bool // for measuring; the models are not trained on it
	variables []variable
	frames    []string
}

// variable is a part of a question that has several values.
type variable struct {
	class, name string
	values      []string
	meaning     []int // of each value: the first value that means the same
}

// loose is the class of variables whose value does not change the answer.
const loose = "loose"

// Needs returns all needs, English and Chinese. Every second one is held out.
func Needs() []Need {
	return append(parse(english, false), parse(chinese, true)...)
}

// Adversarial returns further needs, of which each value is hard to tell from the others: units,
// ordinals, dates, before and after, comparatives, quantities, tenses. All are held out.
func Adversarial() []Need {
	needs := append(parse(adversarial, false), parse(adversarialChinese, true)...)
	for i := range needs {
		needs[i].HeldOut = true
	}
	return needs
}

// parse reads a list. The lists are part of the program, so a mistake in one is a panic.
func parse(list string, chinese bool) (needs []Need) {
	for i, line := range strings.Split(list, "\n") {
		head, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || head == "#":
		case head == "need":
			needs = append(needs, Need{Name: rest, Chinese: chinese, HeldOut: len(needs)%2 == 1})
		case head == "=":
			n := &needs[len(needs)-1]
			n.frames = append(n.frames, rest)
		default:
			name, values, ok := strings.Cut(rest, ": ")
			n := &needs[len(needs)-1]
			if !ok || head == "same" && !n.same(name, values) {
				panic(fmt.Sprintf("line %d: %q", i+1, line))
			}
			if head != "same" {
				n.add(head, name, strings.Split(values, " | "))
			}
		}
	}
	return needs
}

func (n *Need) add(class, name string, values []string) {
	v := variable{class: class, name: name, values: values}
	for i := range values {
		v.meaning = append(v.meaning, i)
	}
	n.variables = append(n.variables, v)
}

// same notes that two values of a variable, "a = b", mean the same.
func (n *Need) same(name, values string) bool {
	a, b, _ := strings.Cut(values, " = ")
	for _, v := range n.variables {
		i, j := slices.Index(v.values, a), slices.Index(v.values, b)
		if v.name == name && i >= 0 && j >= 0 {
			v.meaning[j] = i
			return true
		}
	}
	return false
}

// wording is one way to ask a question.
type wording struct {
	frame  int
	values []int
}

func (n *Need) random(r *rand.Rand) wording {
	w := wording{frame: r.IntN(len(n.frames))}
	for _, v := range n.variables {
		w.values = append(w.values, r.IntN(len(v.values)))
	}
	return w
}

// answer names the answer to a wording: wordings with one name have the same answer.
func (n *Need) answer(w wording) string {
	name := n.Name
	for i, v := range n.variables {
		switch {
		case v.class == loose:
		case n.asks(w.frame, i):
			name += fmt.Sprintf("/%d", v.meaning[w.values[i]])
		default:
			name += "/any"
		}
	}
	return name
}

// text writes a wording out. The choices between words that mean the same come from r.
func (n *Need) text(w wording, r *rand.Rand) string {
	frame := n.frames[w.frame]
	for i, v := range n.variables {
		frame = strings.ReplaceAll(frame, "<"+v.name+">", v.values[w.values[i]])
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(frame, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		choice, after, _ := strings.Cut(rest, "}")
		choices := strings.Split(choice, "|")
		b.WriteString(choices[r.IntN(len(choices))])
		frame = after
	}
}

// asks reports whether a frame mentions a variable: only then its value can be read off a text.
func (n *Need) asks(frame, variable int) bool {
	return strings.Contains(n.frames[frame], "<"+n.variables[variable].name+">")
}
