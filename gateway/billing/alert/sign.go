package alert

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Headers of a webhook's request.
const (
	SignatureHeader = "X-Sluice-Signature" // t=<unix seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">
	DeliveryHeader  = "X-Sluice-Delivery"  // id: the same for all tries
)

// sign is the value of SignatureHeader. The time is signed, too, so that a receiver can refuse what
// somebody has recorded and sends again later.
func sign(secret gateway.Secret, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// slackEscape escapes the characters that Slack reads as markup of its own:
// https://docs.slack.dev/messaging/formatting-message-text
func slackEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
