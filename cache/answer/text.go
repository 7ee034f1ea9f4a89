package answer

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// TextOf returns the text of all choices of an answer.
func TextOf(r *gateway.Response) string {
	var texts []string
	for i := range r.Choices {
		texts = append(texts, r.Choices[i].Text())
	}
	return strings.Join(texts, "\n")
}
