package gateway

// PromptCacheFact compares the prompt that an exchange sent upstream with the one that the
// previous call of its session sent. A vendor's prompt cache can serve what both begin with.
type PromptCacheFact struct {
	State   PromptCacheState
	Session string        // the caller's id of the session, or a hash that stands for it
	Source  SessionSource // where the session was read
	// Previous is the request id of the call that was compared with, "" if there is none.
	Previous string

	// Of a prompt that departed:
	DepartedAt int      // offset of the first byte that differs, in the body that was sent upstream
	Path       string   // of the value that holds it: "messages[3].content[0].text"
	ChangedBy  ChangeBy // who changed it

	Kept  int // bytes that both prompts begin with
	Bytes int // size of the previous prompt
}

// PromptCacheState tells whether a prompt still begins as the previous one does.
type PromptCacheState string

// The states. PromptUnknown: there is no previous call in memory to compare with.
const (
	PromptKept     PromptCacheState = "kept"
	PromptDeparted PromptCacheState = "departed"
	PromptUnknown  PromptCacheState = "unknown"
)

// ChangeBy names who changed a prompt.
type ChangeBy string

// Who may change a prompt, in the order in which they do.
const (
	ByCaller      ChangeBy = "caller"
	ByRedaction   ChangeBy = "redaction"
	ByPrompt      ChangeBy = "prompt"      // another version or arm of the template
	ByOverride    ChangeBy = "override"    // parameters of the config
	ByTranslation ChangeBy = "translation" // from the caller's format to the target's
	ByRouting     ChangeBy = "routing"     // the previous call went to another target, which has a cache of its own
)
