package task

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestSizes reads the size and quality of images from requests and answers.
func TestSizes(t *testing.T) {
	d := Dialect{Op: gateway.OpImage}
	for body, want := range map[string]gateway.Terms{
		`{"model":"m","size":"1024x1792","quality":"hd"}`:                      {Size: "1024x1792", Quality: "hd"},
		`{"model":"m","size":"auto"}`:                                          {},
		`{"model":"m","n":"2","size":"1024x1024"}`:                             {Size: "1024x1024"},
		`{"model":"m","size":7}`:                                               {},
		`{"model":"grok-imagine-image-2.0","resolution":"2k","quality":"low"}`: {Size: "2k", Quality: "low"},
		`{"model":"grok-imagine-image-2.0","resolution":"2k","size":"1k"}`:     {Size: "1k"},
		`{"model":"dall-e-3","resolution":"256x256"}`:                          {},
	} {
		if p := d.Parameters([]byte(body)); p.Size != want.Size || p.Quality != want.Quality {
			t.Errorf("%s: %q, %q", body, p.Size, p.Quality)
		}
	}
	u := d.usage([]byte(`{"data":[{"b64_json":""}],"size":"1024x1536","quality":"high"}`))
	if u == nil || u.Images != 1 || u.Terms != (gateway.Terms{Size: "1024x1536", Quality: "high"}) {
		t.Errorf("%v", u)
	}
	if p := (Dialect{Op: gateway.OpSpeech}).Parameters([]byte(`{"model":"m","size":"hd"}`)); p.Size != "" {
		t.Errorf("speech has the size %q", p.Size)
	}
}
