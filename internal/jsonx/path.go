package jsonx

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Path leads from the top of a text to a value.
type Path []Step

// Step goes to a member of an object or to an element of an array.
type Step struct {
	Key   string // decoded name of the member; "" for an element
	Index int    // of the element; -1 for a member
}

// String writes the path as people do: "messages[0].content". Dots and brackets in a name
// are not escaped.
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p {
		if s.Index >= 0 {
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.Key)
	}
	return b.String()
}

// Key returns the name at step i, counted from the end if i is negative. It is "" where the
// step is an element or does not exist.
func (p Path) Key(i int) string {
	if i < 0 {
		i += len(p)
	}
	if i < 0 || i >= len(p) {
		return ""
	}
	return p[i].Key
}

// pathOf reads a pointer into the objects and arrays that the decoder is in.
func pathOf(dec *jsontext.Decoder, pointer jsontext.Pointer) Path {
	var path Path
	for token := range pointer.Tokens() {
		step := Step{Key: token, Index: -1}
		if level := len(path) + 1; level <= dec.StackDepth() {
			if in, _ := dec.StackIndex(level); in == '[' {
				step.Key = ""
				step.Index, _ = strconv.Atoi(token)
			}
		}
		path = append(path, step)
	}
	return path
}

// pathAt is the path of the value or name that holds the byte at offset.
func pathAt(raw []byte, offset int) string {
	dec := newDecoder(raw)
	for int(dec.InputOffset()) <= offset {
		if _, err := dec.ReadToken(); err != nil {
			break
		}
	}
	return pathOf(dec, dec.StackPointer()).String()
}
