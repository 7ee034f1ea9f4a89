package jsonx

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
	if end := skipValue(n.raw, n.Start); end > 0 {
		return end
	}
	return len(n.raw) // it does not end
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
// included. An object or array comes before what is inside it. It ends after Stop, and where
// raw is no JSON: that may be after it has visited what stands before. Where this matters, ask
// Valid first.
func Walk(raw []byte, visit func(Node) Action) {
	w := walker{raw: raw, visit: visit, path: make(Path, 0, 8)} // few texts are deeper
	w.value(skipSpace(raw, 0))
}

type walker struct {
	raw   []byte
	path  Path
	visit func(Node) Action
}

// value visits the value at offset i. It returns the offset behind it; -1 ends the walk.
func (w *walker) value(i int) int {
	if i >= len(w.raw) || len(w.path) > jsontextDepth {
		return -1
	}
	n := Node{Path: w.path, Start: i, raw: w.raw}
	switch w.raw[i] {
	case '{':
		n.Kind = KindObject
	case '[':
		n.Kind = KindArray
	case '"':
		n.Kind = KindString
	case 't', 'f', 'n':
		n.Kind = KindLiteral
	default:
		n.Kind = KindNumber
	}
	if n.Kind != KindObject && n.Kind != KindArray {
		if n.end = skipValue(w.raw, i); n.end < 0 {
			return -1
		}
	}
	switch w.visit(n) {
	case Stop:
		return -1
	case Skip:
		return n.End()
	}
	switch n.Kind {
	case KindObject:
		return w.members(i + 1)
	case KindArray:
		return w.elements(i + 1)
	}
	return n.end
}

// members visits the members of an object whose inside begins at offset i.
func (w *walker) members(i int) int {
	last := len(w.path)
	defer func() { w.path = w.path[:last] }()
	for i = skipSpace(w.raw, i); !w.closes(i, '}'); i = w.next(i) {
		l := list{w.raw, i}
		if !l.more() {
			return -1
		}
		start, end, ok := l.name()
		if !ok {
			return -1
		}
		w.path = append(w.path[:last], Step{Key: String(w.raw[start:end]), Index: -1})
		switch w.visit(Node{Kind: KindKey, Path: w.path, Start: start, raw: w.raw, end: end}) {
		case Stop:
			return -1
		case Skip:
			i = skipValue(w.raw, l.pos)
		default:
			i = w.value(l.pos)
		}
		if i < 0 {
			return -1
		}
	}
	return i + 1
}

// elements visits the elements of an array whose inside begins at offset i.
func (w *walker) elements(i int) int {
	last := len(w.path)
	defer func() { w.path = w.path[:last] }()
	i = skipSpace(w.raw, i)
	for n := 0; !w.closes(i, ']'); n++ {
		w.path = append(w.path[:last], Step{Index: n})
		if i = w.value(i); i < 0 {
			return -1
		}
		i = w.next(i)
	}
	return i + 1
}

// closes reports whether the byte at offset i is the closing bracket.
func (w *walker) closes(i int, bracket byte) bool { return i < len(w.raw) && w.raw[i] == bracket }

// next goes from behind an item to the next one, or to the closing bracket.
func (w *walker) next(i int) int {
	i = skipSpace(w.raw, i)
	if w.closes(i, ',') {
		i = skipSpace(w.raw, i+1)
	}
	return i
}
