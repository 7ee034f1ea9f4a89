package jsonx

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind is the kind of a Node.
type Kind int

// The kinds.
const (
	KindKey     Kind = iota + 1 // the name of a member
	KindString                  // a string
	KindNumber                  // a number
	KindLiteral                 // true, false or null
	KindObject
	KindArray
)

// Node is a name or a value that Walk met.
type Node struct {
	Kind  Kind
	Path  Path // to the value; of a KindKey, to its member. Valid only during the call
	Start int  // offset of the first byte

	raw []byte
	end int // 0 for an object or array
}

// End is the offset behind the last byte. For an object or array it reads ahead, once per
// call.
func (n Node) End() int {
	if n.end > 0 {
		return n.end
	}
	dec := newDecoder(n.raw[n.Start:])
	if dec.SkipValue() != nil {
		return len(n.raw)
	}
	return n.Start + int(dec.InputOffset())
}

// Raw is the name or value as it is written, a string with its quotes.
func (n Node) Raw() []byte { return n.raw[n.Start:n.End()] }

// Text is a name or a string decoded, any other value as it is written.
func (n Node) Text() string {
	if n.Kind == KindKey {
		return n.Path.Key(-1)
	}
	return Text(n.Raw())
}

// Action tells Walk how to go on.
type Action int

// The actions.
const (
	Descend Action = iota // go on; into an object or array
	Skip                  // leave out what is inside this object or array, or the value of this name
	Stop                  // end the walk
)

// Walk visits every name and value of raw in the order of the text, names given twice
// included. An object or array comes before what is inside it. It returns nil after Stop
// and an error where raw is no JSON.
func Walk(raw []byte, visit func(Node) Action) error {
	w := walker{raw: raw, dec: newDecoder(raw), visit: visit}
	if err := w.value(); err != nil {
		if err == errStop {
			return nil
		}
		return err
	}
	if w.dec.PeekKind() != jsontext.KindInvalid {
		return newError(raw, Syntax, int(w.dec.InputOffset()), "", nil)
	}
	if _, err := w.dec.ReadToken(); err != io.EOF {
		return err
	}
	return nil
}

type walker struct {
	raw   []byte
	dec   *jsontext.Decoder
	path  Path
	visit func(Node) Action
}

var errStop = errors.New("the visitor stopped the walk")

// next is the offset of the next name or value.
func (w *walker) next() int {
	for i := int(w.dec.InputOffset()); i < len(w.raw); i++ {
		switch w.raw[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			return i
		}
	}
	return len(w.raw)
}

func (w *walker) value() error {
	n := Node{Path: w.path, Start: w.next(), raw: w.raw}
	switch w.dec.PeekKind() {
	case '{':
		n.Kind = KindObject
	case '[':
		n.Kind = KindArray
	case '"':
		n.Kind = KindString
	case '0':
		n.Kind = KindNumber
	default:
		n.Kind = KindLiteral
	}
	if n.Kind != KindObject && n.Kind != KindArray {
		if err := w.dec.SkipValue(); err != nil {
			return err
		}
		n.end = int(w.dec.InputOffset())
		if w.visit(n) == Stop {
			return errStop
		}
		return nil
	}
	switch w.visit(n) {
	case Stop:
		return errStop
	case Skip:
		return w.dec.SkipValue()
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	if n.Kind == KindObject {
		return w.members()
	}
	return w.elements()
}

func (w *walker) members() error {
	last := len(w.path)
	defer func() { w.path = w.path[:last] }()
	for w.dec.PeekKind() == '"' {
		name, err := w.dec.ReadValue()
		if err != nil {
			return err
		}
		end := int(w.dec.InputOffset())
		w.path = append(w.path[:last], Step{Key: String(name), Index: -1})
		switch w.visit(Node{Kind: KindKey, Path: w.path, Start: end - len(name), raw: w.raw, end: end}) {
		case Stop:
			return errStop
		case Skip:
			err = w.dec.SkipValue()
		default:
			err = w.value()
		}
		if err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

func (w *walker) elements() error {
	last := len(w.path)
	defer func() { w.path = w.path[:last] }()
	for i := 0; ; i++ {
		switch w.dec.PeekKind() {
		case ']', jsontext.KindInvalid:
			_, err := w.dec.ReadToken()
			return err
		}
		w.path = append(w.path[:last], Step{Index: i})
		if err := w.value(); err != nil {
			return err
		}
	}
}
