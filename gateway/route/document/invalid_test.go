package document

import (
	"strings"
	"testing"
)

// The text of an error ends in one full stop, also if a problem is a whole sentence.
func TestInvalidEndsOnce(t *testing.T) {
	err := Invalid("test", "The config", []Problem{{Path: "config.a", Message: "There is no virtual key 'x'."}, {Path: "config.b", Message: "must be a number"}})
	if strings.Contains(err.Public, "..") || strings.Contains(err.Public, ".;") || !strings.HasSuffix(err.Public, "must be a number.") {
		t.Error(err.Public)
	}
	if one := Invalid("test", "The config", []Problem{{Path: "config.a", Message: "There is no virtual key 'x'."}}); !strings.HasSuffix(one.Public, "'x'.") {
		t.Error(one.Public)
	}
}
