package catalog

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func image(n int64, size, quality string) gateway.Usage {
	return gateway.Usage{Images: n, Terms: gateway.Terms{Size: size, Quality: quality}}
}

func video(seconds int64, size string) gateway.Usage {
	return gateway.Usage{OutputSeconds: seconds, Terms: gateway.Terms{Size: size}}
}

// TestPieces prices models that are billed by the piece only: what they use of these is known, and
// tokens have no price.
func TestPieces(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		provider, model string
		used            gateway.Usage
		cost            int64
		complete        bool
	}{
		{"google", "imagen-3.0-generate-001", gateway.Usage{Images: 2}, 80_000_000, true},
		{"google", "imagen-3.0-generate-001", gateway.Usage{Input: 10}, 0, false},
		{"google", "veo-3.1-generate-001", gateway.Usage{OutputSeconds: 8}, 3_200_000_000, true},
		{"openai", "whisper-1", gateway.Usage{InputSeconds: 60}, 6_000_000, true},
		{"openai", "tts-1", gateway.Usage{Input: 250, InputCharacters: 1_000}, 15_000_000, true},
		{"mistral-ai", "mistral-ocr-4", gateway.Usage{Pages: 3}, 12_000_000, true},
		{"mistral-ai", "mistral-ocr-4", gateway.Usage{Pages: 3, Terms: gateway.Terms{Tier: "batch"}}, 6_000_000, true},
		{"openai", "gpt-image-1", gateway.Usage{Images: 1, Input: 10, Output: 1_000, ImageOutput: 1_000}, 40_050_000, true},
		{"azure-openai", "dall-e-3", image(2, "1024x1792", "hd"), 264_000_000, true},
		{"azure-openai", "dall-e-3", image(1, "1024x1024", "standard"), 44_000_000, true},
		{"azure-openai", "dall-e-3", image(1, "512x512", "standard"), 0, false}, // no such size
		{"azure-openai", "dall-e-3", image(1, "1024x1024", ""), 0, false},       // of either quality
		{"azure-openai", "dall-e-3", image(1, "", ""), 0, false},
		{"google", "imagen-3.0-generate-001", image(1, "2k", ""), 40_000_000, true}, // one price for all sizes
		{"fal-ai", "gpt-image-2", image(1, "1024x1024", "low"), 6_000_000, true},
		{"x-ai", "grok-imagine-image-2.0", image(2, "2k", "low"), 120_000_000, true},
		{"x-ai", "grok-imagine-image-2.0", image(1, "4k", ""), 0, false},
		{"openai", "sora-2", video(4, ""), 400_000_000, true},
		{"openai", "sora-2-pro", video(4, "720x1280"), 1_200_000_000, true},
		{"openai", "sora-2-pro", video(4, "1792x1024"), 2_000_000_000, true},
		{"openai", "sora-2-pro", video(4, "1920x1080"), 0, false},
		{"google", "veo-3.1-generate-001", video(8, "1080p"), 3_200_000_000, true},
		{"google", "veo-3.1-generate-001", video(8, "4k"), 4_800_000_000, true},
		{"google", "veo-3.1-lite-generate-preview", video(8, "4k"), 0, false},
		{"vertex-ai", "medlm-large", gateway.Usage{Input: 10, Output: 10}, 0, false},
	} {
		p, ok := c.Price(tc.provider, tc.model, day(t, "2026-11-30"))
		if !ok {
			t.Errorf("%s/%s: unknown", tc.provider, tc.model)
			continue
		}
		lines, complete := p.Lines(tc.used)
		if got := p.Cost(tc.used); got != tc.cost || complete != tc.complete {
			t.Errorf("%s/%s of %v: %d, complete %v: %+v", tc.provider, tc.model, tc.used, got, complete, lines)
		}
	}
	for _, model := range []string{"container"} { // units that Sluice does not bill
		if p, ok := c.Price("openai", model, day(t, "2026-11-30")); ok {
			t.Errorf("%s: %+v", model, p)
		}
	}
}
