package codec

import (
	"net/url"
	"testing"
)

func TestStreamsOfReplicate(t *testing.T) {
	for address, want := range map[string]bool{
		"https://stream.replicate.com/v1/predictions/a": true, "https://stream-b.svc.rno2.c.replicate.net/v1/files/a": true, "https://api.replicate.com/x": true,
		"http://stream.replicate.com/a": false, "https://replicate.com.evil.example/a": false, "https://evilreplicate.com/a": false, "https://u:p@stream.replicate.com/a": false,
		"https://stream.replicate.com:8443/a": false, "https://169.254.169.254/a": false, "file:///etc/passwd": false,
	} {
		first, _ := url.Parse("https://api.replicate.com/v1/models/a/b/predictions")
		to, err := url.Parse(address)
		if err != nil || isOwnStream(first, to) != want {
			t.Errorf("%s: %v %v", address, !want, err)
		}
	}
}
