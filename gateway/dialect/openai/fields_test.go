package openai

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

func TestWithFields(t *testing.T) {
	before := must(t, `{ "model" : "a" ,"stream":true}`)
	got, err := before.WithFields(jsonx.Change{Name: "model", Value: []byte(`"b"`)}, jsonx.Change{Name: "stream"}, jsonx.Change{Name: "n", Value: []byte("1")})
	if err != nil || string(got.Raw) != `{ "model" : "b","n":1}` || got.Model() != "b" || got.Stream() {
		t.Errorf("%s, %v", got.Raw, err)
	}
	if string(before.Raw) != `{ "model" : "a" ,"stream":true}` || before.Model() != "a" || !before.Stream() {
		t.Errorf("the original changed: %s", before.Raw)
	}
	if _, err := before.WithFields(jsonx.Change{Name: "model", Value: []byte("7")}); gateway.AsError(err) == nil || gateway.AsError(err).Param != "model" {
		t.Errorf("a model of the wrong type: %v", err)
	}
}
