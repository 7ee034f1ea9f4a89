package jsonx

import "strconv"

// Object is a JSON object that is being written, member by member, in order. The zero value is
// the empty object.
type Object struct{ members []byte }

// Raw adds a member whose value is JSON text.
func (o *Object) Raw(name string, value []byte) {
	if len(o.members) > 0 {
		o.members = append(o.members, ',')
	}
	o.members = append(AppendQuote(o.members, name), ':')
	o.members = append(o.members, value...)
}

// Text adds a string.
func (o *Object) Text(name, value string) { o.Raw(name, Quote(value)) }

// Int adds a number.
func (o *Object) Int(name string, value int64) { o.Raw(name, strconv.AppendInt(nil, value, 10)) }

// Empty reports whether no member was added.
func (o *Object) Empty() bool { return len(o.members) == 0 }

// JSON returns the object as it is now.
func (o *Object) JSON() []byte {
	out := make([]byte, 0, len(o.members)+2)
	return append(append(append(out, '{'), o.members...), '}')
}
