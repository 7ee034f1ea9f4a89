package action

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
)

// maxListed bounds the values of one parameter.
const maxListed = 20

// Texts reads a parameter that may have several values: given several times, or with commas between
// them. A value that holds a comma stands in double quotes.
func (q *Query) Texts(name string) []string {
	if q.learn != nil {
		learnParameter(q.learn, name, "")
	}
	given := q.values[name]
	delete(q.values, name)
	var out []string
	for _, text := range given {
		list := csv.NewReader(strings.NewReader(text))
		list.LazyQuotes = true
		values, err := list.Read()
		if err != nil || strings.ContainsAny(text, "\r\n") || slices.Contains(values, "") {
			q.Wrong(name, "has an empty value")
			return nil
		}
		for _, v := range values {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	if len(out) > maxListed {
		q.Wrong(name, "has more than "+strconv.Itoa(maxListed)+" values")
		return nil
	}
	return out
}

// Statuses reads HTTP statuses, or classes such as 4xx as their first digits.
func (q *Query) Statuses(name string) (out []int) {
	for _, text := range q.Texts(name) {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.ToLower(text), "xx"))
		if err != nil {
			q.Wrong(name, "must be an HTTP status or a class such as 4xx")
			return nil
		}
		out = append(out, n)
	}
	return out
}
