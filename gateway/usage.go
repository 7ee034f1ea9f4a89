package gateway

import (
	"cmp"
	"fmt"
	"strings"
)

// Usage counts what an answer used, in the units that vendors bill by. As in the OpenTelemetry
// GenAI conventions, Input includes the tokens of all kinds of input, those read from and written to
// a cache too, and Output includes Reasoning.
type Usage struct {
	Input, Output         int64
	CacheRead, CacheWrite int64 // of Input
	Reasoning             int64 // of Output

	CacheWrite1h   int64 `json:",omitzero"` // of CacheWrite: kept for an hour
	AudioInput     int64 `json:",omitzero"` // of Input, AudioCacheRead included
	AudioCacheRead int64 `json:",omitzero"` // of AudioInput and of CacheRead
	AudioOutput    int64 `json:",omitzero"` // of Output
	ImageInput     int64 `json:",omitzero"` // of Input, ImageCacheRead included
	ImageCacheRead int64 `json:",omitzero"` // of ImageInput and of CacheRead
	ImageOutput    int64 `json:",omitzero"` // of Output
	VideoInput     int64 `json:",omitzero"` // of Input

	Searches        int64 `json:",omitzero"` // of the web, by a tool of the vendor's
	Images          int64 `json:",omitzero"` // that were made
	InputCharacters int64 `json:",omitzero"` // of a text to be spoken
	InputSeconds    int64 `json:",omitzero"` // of audio that was heard, rounded up
	OutputSeconds   int64 `json:",omitzero"` // of audio or video that was made, rounded up
	Queries         int64 `json:",omitzero"` // of a reranker
	Pages           int64 `json:",omitzero"` // of documents that were read
	Requests        int64 `json:",omitzero"` // that are billed by the call, whatever they use

	Terms Terms `json:",omitzero"` // what the answer says of them
}

// Terms are conditions of a price. Tier and Region are what the answer tells: a vendor may serve a
// call in another tier than the one that was asked for. Size and Quality are what the answer tells,
// else what was asked for. The zero value is the standard price.
type Terms struct {
	Tier    string `json:",omitempty"` // "batch", "flex", "priority", "fast" …
	Region  string `json:",omitempty"` // "us" …
	Size    string `json:",omitempty"` // of images and videos: "1024x1792", "1080p"
	Quality string `json:",omitempty"` // of images: "hd"
}

// Or returns the terms, with those of other in the place of what is missing.
func (t Terms) Or(other Terms) Terms {
	return Terms{cmp.Or(t.Tier, other.Tier), cmp.Or(t.Region, other.Region), cmp.Or(t.Size, other.Size), cmp.Or(t.Quality, other.Quality)}
}

// piece is the part that says what kind of pieces was used.
func (t Terms) piece() Terms { return Terms{Size: t.Size, Quality: t.Quality} }

// Unit is something that vendors bill by.
type Unit string

// The units. Those of tokens are billed by the million, all others by the piece.
const (
	UnitInput          Unit = "input" // tokens of input that no other unit counts
	UnitOutput         Unit = "output"
	UnitCacheRead      Unit = "cache_read"
	UnitCacheWrite     Unit = "cache_write" // kept for 5 minutes
	UnitReasoning      Unit = "reasoning"
	UnitCacheWrite1h   Unit = "cache_write_1h"
	UnitAudioInput     Unit = "audio_input"
	UnitAudioCacheRead Unit = "audio_cache_read"
	UnitAudioOutput    Unit = "audio_output"
	UnitImageInput     Unit = "image_input"
	UnitImageCacheRead Unit = "image_cache_read"
	UnitImageOutput    Unit = "image_output"
	UnitVideoInput     Unit = "video_input"

	UnitSearch         Unit = "web_search"
	UnitImage          Unit = "image"
	UnitInputCharacter Unit = "character_input"
	UnitInputSecond    Unit = "second_input"
	UnitOutputSecond   Unit = "second"
	UnitQuery          Unit = "query"
	UnitPage           Unit = "page"
	UnitRequest        Unit = "request"
)

// Units lists all units. Rows are packed in this order: a new unit goes to the end.
var Units = []Unit{
	UnitInput, UnitOutput, UnitCacheRead, UnitCacheWrite, UnitReasoning,
	UnitCacheWrite1h, UnitAudioInput, UnitAudioCacheRead, UnitAudioOutput, UnitImageInput, UnitImageCacheRead, UnitImageOutput, UnitVideoInput,
	UnitSearch, UnitImage, UnitInputCharacter, UnitInputSecond, UnitOutputSecond, UnitQuery, UnitPage, UnitRequest,
}

// PerMillion reports whether a unit is billed by the million.
func (unit Unit) PerMillion() bool {
	switch unit {
	case UnitSearch, UnitImage, UnitInputCharacter, UnitInputSecond, UnitOutputSecond, UnitQuery, UnitPage, UnitRequest:
		return false
	}
	return true
}

// PaysCall reports whether a vendor may bill a whole call by this piece, without its tokens. Searches
// are billed beside the tokens of an answer.
func (unit Unit) PaysCall() bool { return !unit.PerMillion() && unit != UnitSearch }

// Count returns the field of u that counts a unit of [Units].
func (u *Usage) Count(unit Unit) *int64 {
	switch unit {
	case UnitInput:
		return &u.Input
	case UnitOutput:
		return &u.Output
	case UnitCacheRead:
		return &u.CacheRead
	case UnitCacheWrite:
		return &u.CacheWrite
	case UnitReasoning:
		return &u.Reasoning
	case UnitCacheWrite1h:
		return &u.CacheWrite1h
	case UnitAudioInput:
		return &u.AudioInput
	case UnitAudioCacheRead:
		return &u.AudioCacheRead
	case UnitAudioOutput:
		return &u.AudioOutput
	case UnitImageInput:
		return &u.ImageInput
	case UnitImageCacheRead:
		return &u.ImageCacheRead
	case UnitImageOutput:
		return &u.ImageOutput
	case UnitVideoInput:
		return &u.VideoInput
	case UnitSearch:
		return &u.Searches
	case UnitImage:
		return &u.Images
	case UnitInputCharacter:
		return &u.InputCharacters
	case UnitInputSecond:
		return &u.InputSeconds
	case UnitOutputSecond:
		return &u.OutputSeconds
	case UnitQuery:
		return &u.Queries
	case UnitPage:
		return &u.Pages
	}
	return &u.Requests
}

// Add adds what another answer used. Terms that differ are those of the last answer.
func (u *Usage) Add(other *Usage) {
	for _, unit := range Units {
		*u.Count(unit) += *other.Count(unit)
	}
	if other.Terms != (Terms{}) {
		u.Terms = other.Terms
	}
}

// maxTerm is the length of the longest name of a condition that is kept.
const maxTerm = 40

// Tier is the name that Terms has for a service tier as a vendor's answer names it: "" for the
// standard ones.
func Tier(answered string) string {
	switch name := term(answered); name {
	case "default", "standard", "standard_only", "auto", "on_demand", "unspecified", "traffic_type_unspecified", "service_tier_unspecified":
		return ""
	case "on_demand_priority":
		return "priority"
	case "on_demand_flex":
		return "flex"
	default:
		return name
	}
}

// Region is the name that Terms has for a region in which an answer says that it was made: "" for
// those without a price of their own.
func Region(answered string) string {
	switch name := term(answered); name {
	case "global", "not_available", "default":
		return ""
	default:
		return name
	}
}

// Size is the name that Terms has for the size of an image or a video: "" where it leaves the choice to
// the vendor.
func Size(told string) string {
	if name := term(told); name != "auto" {
		return name
	}
	return ""
}

// Quality is the name that Terms has for the quality of an image: "" where it leaves the choice to the
// vendor.
func Quality(told string) string { return Size(told) }

// term bounds a name that a vendor sent.
func term(answered string) string {
	name := strings.ToLower(answered)
	plain := func(r rune) bool { return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }
	if len(name) > maxTerm || strings.ContainsFunc(name, plain) {
		return "other"
	}
	return name
}

// String shows the five kinds of tokens that most answers have, and of the rest what is not 0.
func (u Usage) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{Input:%d Output:%d CacheRead:%d CacheWrite:%d Reasoning:%d", u.Input, u.Output, u.CacheRead, u.CacheWrite, u.Reasoning)
	for _, unit := range Units[5:] {
		if n := *u.Count(unit); n != 0 {
			fmt.Fprintf(&b, " %s:%d", unit, n)
		}
	}
	if u.Terms.Tier != "" {
		b.WriteString(" tier:" + u.Terms.Tier)
	}
	if u.Terms.Region != "" {
		b.WriteString(" region:" + u.Terms.Region)
	}
	if u.Terms.Size != "" {
		b.WriteString(" size:" + u.Terms.Size)
	}
	if u.Terms.Quality != "" {
		b.WriteString(" quality:" + u.Terms.Quality)
	}
	return b.String() + "}"
}
