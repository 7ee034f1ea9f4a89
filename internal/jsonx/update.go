package jsonx

import "bytes"

// Change is what becomes of one member of an object: its value is replaced in its place, or
// the member is added at the end. A nil Value removes the member.
type Change struct {
	Name     string
	Value    []byte // JSON
	IfAbsent bool   // leave a member of this name as it is
}

// Update returns the object raw with the changes made. Of several changes with the same name
// the last one counts. A name that raw has twice is changed in both places. If raw is no
// object, it is returned as it is.
func Update(raw []byte, changes ...Change) []byte {
	open := bytes.IndexByte(raw, '{')
	if len(changes) == 0 || open < 0 || len(bytes.TrimLeft(raw[:open], " \t\r\n")) > 0 {
		return raw
	}
	last := make(map[string]int, len(changes)) // index of the change that counts
	for i := range changes {
		last[changes[i].Name] = i
	}
	var edits []Edit
	spans := make([]span, 0, 16)          // room for the members that most objects have
	present := make([]bool, len(changes)) // by the change that counts
	for m := range Members(raw) {
		i, named := last[m.Key]
		changed := named && !changes[i].IfAbsent
		if named {
			present[i] = true
		}
		spans = append(spans, span{m.KeyStart, m.End, changed && changes[i].Value == nil})
		if changed && changes[i].Value != nil {
			edits = append(edits, Edit{m.Start, m.End, changes[i].Value})
		}
	}
	cuts, kept := cut(spans)
	edits = append(edits, cuts...)
	end := open + 1
	if len(spans) > 0 {
		end = spans[len(spans)-1].end
	}
	for _, c := range changes {
		i := last[c.Name]
		if c = changes[i]; c.Value == nil || present[i] {
			continue
		}
		present[i] = true // written once, however often it is named
		var member []byte
		if kept > 0 {
			member = append(member, ',')
		}
		member = append(AppendQuote(member, c.Name), ':')
		edits = append(edits, Edit{end, end, append(member, c.Value...)})
		kept++
	}
	return Splice(raw, edits)
}

// span is a member of an object or an element of an array.
type span struct {
	start, end int
	drop       bool
}

// cut returns the edits that remove the spans to drop, each with one comma, and how many
// spans are kept.
func cut(spans []span) (edits []Edit, kept int) {
	for i, s := range spans {
		switch {
		case !s.drop:
			kept++
			continue
		case kept > 0: // with the comma before it
			s.start = spans[i-1].end
		case i+1 < len(spans): // with the comma behind it
			s.end = spans[i+1].start
		}
		edits = append(edits, Edit{Start: s.start, End: s.end})
	}
	return edits, kept
}
