package catalog

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// DefaultPiece is the size and quality of the images that a model makes if the call names none, as the
// vendor documents them (https://platform.openai.com/docs/api-reference/images/create,
// https://docs.x.ai/docs/guides/image-generations). Models that choose for themselves have none.
func DefaultPiece(model string) gateway.Terms {
	switch {
	case strings.HasPrefix(model, "dall-e-"):
		return gateway.Terms{Size: "1024x1024", Quality: "standard"}
	case strings.HasPrefix(model, "grok-imagine-image"):
		return gateway.Terms{Size: "1k"}
	}
	return gateway.Terms{}
}
