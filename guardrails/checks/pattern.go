package checks

import (
	"context"
	"errors"
	"io"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// Bounds of a pattern. RE2 takes time linear in the pattern and in the text.
const (
	maxRule    = 8 << 10 // bytes
	maxProgram = 10_000  // instructions
	// maxUninterrupted is the largest product of instructions and bytes that is matched
	// without asking whether there is still time: about a tenth of a second at worst.
	maxUninterrupted = 1 << 22
)

var errPatternTooBig = errors.New("the pattern is longer than 8 KiB or compiles to more than 10,000 instructions")

// pattern is a regular expression with the number of its instructions.
type pattern struct {
	*regexp.Regexp
	instructions int
}

func compilePattern(rule string) (*pattern, error) {
	if len(rule) > maxRule {
		return nil, errPatternTooBig
	}
	tree, err := syntax.Parse(rule, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if len(prog.Inst) > maxProgram {
		return nil, errPatternTooBig
	}
	re, err := regexp.Compile(rule)
	return &pattern{re, len(prog.Inst)}, err
}

// find returns the first match in text, nil if there is none. It ends early when ctx does.
func (p *pattern) find(ctx context.Context, text string) ([]int, error) {
	if p.instructions*len(text) <= maxUninterrupted {
		return p.FindStringIndex(text), ctx.Err()
	}
	at := p.FindReaderIndex(&interruptible{ctx: ctx, rest: text, every: max(maxUninterrupted/4/p.instructions, 1)})
	return at, ctx.Err()
}

// interruptible reads a text that ends when its context does.
type interruptible struct {
	ctx   context.Context
	rest  string
	read  int
	every int // runes between two looks at the context
}

func (r *interruptible) ReadRune() (rune, int, error) {
	if r.rest == "" || r.read%r.every == 0 && r.ctx.Err() != nil {
		return 0, 0, io.EOF
	}
	r.read++
	c, size := utf8.DecodeRuneInString(r.rest)
	r.rest = r.rest[size:]
	return c, size, nil
}
