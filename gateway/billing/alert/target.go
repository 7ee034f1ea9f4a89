package alert

import (
	"net/url"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Format is what a target is sent.
type Format string

// The formats.
const (
	Webhook Format = "webhook" // our own JSON, signed
	Slack   Format = "slack"   // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
)

// Target is where alerts are sent.
type Target struct {
	ID        string
	Name      string // unique in its workspace
	Workspace string // id, of the budgets and wallets that it hears about; "" = all
	Format    Format
	URL       gateway.Secret
	Secret    gateway.Secret // signs what a webhook gets
	Declared  bool           // in the server's file, which alone changes it and is trusted
	CreatedAt time.Time
	UpdatedAt time.Time
}

// MinSecretBytes is the least length of a secret that nobody guesses.
const MinSecretBytes = 16

// validate refuses a target that cannot be meant. The error names the field.
func (t *Target) validate(checkAddress func(string) error) error {
	const op = "alert.validate"
	if err := gateway.CheckName(op, "name", t.Name); err != nil {
		return err
	}
	switch {
	case t.Format != Webhook && t.Format != Slack:
		return gateway.InvalidField(op, "format", "The format must be webhook or slack.")
	case t.Format == Webhook && len(t.Secret.Reveal()) < MinSecretBytes:
		return gateway.InvalidField(op, "secret", "A webhook needs a secret of at least 16 bytes, with which what it is sent is signed.")
	case t.Format == Slack && !t.Secret.Empty():
		return gateway.InvalidField(op, "secret", "Slack checks no signature: a target in its format has no secret.")
	}
	u, err := url.Parse(t.URL.Reveal())
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return gateway.InvalidField(op, "url", "The field 'url' must be an http or https URL without user and password.")
	}
	if t.Declared || checkAddress == nil {
		return nil
	}
	if err := checkAddress(t.URL.Reveal()); err != nil {
		return gateway.InvalidField(op, "url", "The field 'url' is refused. "+gateway.AsError(err).Public)
	}
	return nil
}

// Address is the part of the URL that is no secret.
func (t *Target) Address() string {
	u, err := url.Parse(t.URL.Reveal())
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/…"
}

// hears reports whether the target is told of what happens in a workspace.
func (t *Target) hears(workspace string) bool { return t.Workspace == "" || t.Workspace == workspace }
