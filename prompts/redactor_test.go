package prompts_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// fakeRedactor replaces a text in rendered requests.
type fakeRedactor struct {
	variables string
	err       error
}

func (f *fakeRedactor) RedactRendered(req *gateway.Request, variables []byte) (*gateway.Request, error) {
	f.variables = string(variables)
	if f.err != nil {
		return nil, f.err
	}
	return req.WithRaw([]byte(strings.ReplaceAll(string(req.Raw), "alice@example.com", "[EMAIL_1]")))
}

// The rendered request passes through the redactor of the exchange before anything sees it,
// and does not go on when it cannot be redacted.
func TestRenderedRequestIsRedacted(t *testing.T) {
	s, _ := service(t)
	create(t, s, "mail", `{"model":"m","messages":[{"role":"user","content":"To {{user}}@{{domain}}"}]}`)
	const variables = `{"user":"alice","domain":"example.com"}`

	r := &fakeRedactor{}
	ex := exchange(t, gateway.OpChat, "mail", variables, `{}`, "mem-1")
	ex.Plan, ex.Redactor = &gateway.Plan{}, r
	k, _, err := run(t, s, ex)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(k.got.Request.Raw); !strings.Contains(got, "To [EMAIL_1]") || strings.Contains(got, "alice") {
		t.Error(got)
	}
	if r.variables != variables || ex.Facts.Prompt.Rendered != k.got.Request {
		t.Errorf("variables %s, recorded %s", r.variables, ex.Facts.Prompt.Rendered.Raw)
	}

	failed := errors.New("no")
	ex = exchange(t, gateway.OpChat, "mail", variables, `{}`, "mem-1")
	ex.Plan, ex.Redactor = &gateway.Plan{}, &fakeRedactor{err: failed}
	if k, _, err := run(t, s, ex); !errors.Is(err, failed) || k.calls != 0 || ex.Facts.Prompt.Rendered != nil {
		t.Errorf("%v, %d calls", err, k.calls)
	}
}
