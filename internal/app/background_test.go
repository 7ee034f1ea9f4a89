package app

import (
	"regexp"
	"testing"
)

// TestBackgroundMetrics: what nobody waits for tells when it last went well.
func TestBackgroundMetrics(t *testing.T) {
	o := openOffice(t)
	status, text := o.call("", "GET", "/metrics", "")
	if status != 200 || !regexp.MustCompile(`(?m)^sluice_vendor_work_last_success_seconds \d`).MatchString(text) || !regexp.MustCompile(`(?m)^sluice_vendor_work_failures_total 0$`).MatchString(text) {
		t.Errorf("%d %.300s", status, text)
	}
}
