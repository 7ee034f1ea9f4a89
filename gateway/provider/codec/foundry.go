package codec

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/settings"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// foundryClaude is the codec of Claude on Azure AI Foundry, in Anthropic's format
// (https://docs.claude.com/en/docs/build-with-claude/claude-in-microsoft-foundry).
type foundryClaude struct{ anthropicCodec }

func (c *foundryClaude) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	if deployment := settings.Deployment(t.Settings, req.Model()); deployment != req.Model() {
		var err error
		if req, err = req.WithFields(jsonx.Change{Name: "model", Value: jsonx.Quote(deployment)}); err != nil {
			return nil, nil, err
		}
	}
	base, err := c.vendor.Base(t)
	if err != nil {
		return nil, nil, err
	}
	at := *t
	if base.Path = strings.TrimRight(base.Path, "/"); !strings.HasSuffix(base.Path, "/anthropic") && !strings.HasSuffix(base.Path, "/anthropic/v1") {
		base.Path += "/anthropic"
	}
	at.BaseURL = base.String()
	r, body, err := c.anthropicCodec.Request(&at, req)
	if err == nil {
		r.URL.RawQuery = base.RawQuery // the version of the other models' API is none of this one's
	}
	return r, body, err
}
