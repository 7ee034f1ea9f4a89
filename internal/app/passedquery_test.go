package app

import "testing"

// TestPassedQueryInRow: the row of a passed-on call shows its query as the vendor got it.
func TestPassedQueryInRow(t *testing.T) {
	vendor := &recording{vendor: &keeper{}}
	o := openOfficeWith(t, vendor)
	o.virtualKey(`"name":"open","provider":"openai"`)
	res := o.as(o.policyKeys().redacting, "GET", "/openai/v1/models?after=file-1&q=a%40example.com", "", "X-Sluice-Virtual-Key", "open")
	row := o.row(res.Header.Get("X-Sluice-Request-Id"))
	if got := row.Get(`metadata._query`).String(); got != "after=file-1&q=[EMAIL_1]" {
		t.Errorf("%d %q of %s", res.StatusCode, got, row.Get("metadata"))
	}
}
