package table

// Model is what the catalogue knows of one model of one provider.
type Model struct {
	Provider, ID string
	Mode         string   // "chat", "responses", "embedding", "rerank", "image_generation" …
	Context      int64    // tokens of a prompt; 0 = unknown
	MaxOutput    int64    // tokens of an answer; 0 = unknown
	Capabilities []string // sorted: "tools", "vision", "reasoning" …
	Deprecated   string   // the day on which the vendor ends it; "" = none is known
	Successor    string   // what the vendor names in its place
	Agreement    Agreement
	Prices       []Price // plain prices by day, then those under conditions
}

// Agreement says how many sources tell the price of today.
type Agreement string

const (
	OneSource Agreement = "one"
	Agreed    Agreement = "both"
	Conflict  Agreement = "conflict" // they tell different prices; the overlay's is used
	NoPrice   Agreement = ""
)

// Price is what a vendor bills from one day on.
type Price struct {
	From, Until string // days; "" = open
	When        Condition
	Amounts     Amounts
}

// Condition is when a price counts. The zero value is the plain price.
type Condition struct {
	Tier   string // "batch", "flex", "priority", "fast" …
	Region string // "us", "regional"
	Over   int64  // prompts with more tokens than this; the price is for all tokens of the call
	Hours  string // see [Hours]

	Size, Quality string // of images and videos: "1024x1792", "1080p"; "hd"
}

// Plain reports whether the price has no condition.
func (c Condition) Plain() bool { return c == Condition{} }

// Unit is what an amount is for.
type Unit string

// The units that Sluice bills. Others stand in the table for readers of it.
const (
	Input        Unit = "input"
	Output       Unit = "output"
	CacheRead    Unit = "cache_read"
	CacheWrite   Unit = "cache_write"    // kept for 5 minutes
	CacheWrite1h Unit = "cache_write_1h" // kept for an hour
)

// PerMillion are the units that are billed by the million; all others are billed by the piece.
var PerMillion = map[Unit]bool{
	Input: true, Output: true, CacheRead: true, CacheWrite: true, CacheWrite1h: true,
	"reasoning": true, "audio_input": true, "audio_output": true, "audio_cache_read": true,
	"image_input": true, "image_output": true, "image_cache_read": true, "video_input": true,
}

// Amounts are nano-USD by unit.
type Amounts map[Unit]int64
