package redact

import "strings"

// PartList reports whether path leads to a text part of a message, such as
// "messages[0].content[2].text", and returns the path of the list that holds the part. A
// value may be split over the parts of one list.
func PartList(path string) (list string, ok bool) {
	element, ok := strings.CutSuffix(path, "].text")
	i := strings.LastIndexByte(element, '[')
	if !ok || i < 0 {
		return "", false
	}
	return element[:i], true
}
