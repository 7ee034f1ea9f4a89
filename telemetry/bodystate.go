package telemetry

// BodyState tells whether and how the bodies of an exchange were kept.
type BodyState uint8

// The states. Their order is part of the packed form.
const (
	BodyNone     BodyState = iota // not recorded, by configuration or at the caller's request
	BodyRedacted                  // recorded, personal data replaced
	BodyFull                      // recorded as the redact stage left them
	BodyDropped                   // dropped under pressure, and counted
)

// String returns the name that the API and the stores use.
func (b BodyState) String() string {
	if int(b) < len(bodyStates) {
		return bodyStates[b]
	}
	return "none"
}

var bodyStates = [...]string{"none", "redacted", "full", "shed"}
