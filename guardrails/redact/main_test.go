package redact

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
)

var everyEntity = []string{"email", "phone", "card", "ip", "iban", "ssn", "cn_id", "cn_mobile", "secret"}

func request(t testing.TB, body string) *gateway.Request {
	t.Helper()
	req, err := openai.NewRequest(gateway.OpChat, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func begin(t testing.TB, d *Detector, entities ...string) *Redaction {
	t.Helper()
	r, err := d.Begin(t.Context(), entities)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
