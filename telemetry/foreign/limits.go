package foreign

// Bounds of one request. A request beyond the first three is refused as a whole: no exporter sends
// one. What else exceeds a bound is refused span by span, or dropped, and told.
const (
	maxHeads      = 10_000    // resources and scopes
	maxCounted    = 100_000   // spans, those that are refused included
	maxJSONValues = 4_000_000 // of a request in JSON

	maxSpans       = 10_000    // spans of a request
	maxValues      = 2_000_000 // attributes, events, links and values inside values of a request
	maxStoredBytes = 64 << 20  // bytes that the spans of a request take in a store, each with its resource
	maxSpanBytes   = 2 << 20   // bytes of a span as it is sent
	maxSpanValues  = 20_000    // of a span, as maxValues
	maxHeadBytes   = 256 << 10 // bytes of a resource, or of a scope, as it is sent
	maxValueDepth  = 16        // lists and maps inside a value
)

// Bounds of one span as it is kept. What exceeds them is dropped and counted.
const (
	maxAttributes     = 1024 // of a span; instrumentations of models report a conversation as attributes
	maxEvents         = 256
	maxLinks          = 128
	maxHeadAttributes = 128 // of a resource, a scope, an event or a link
	maxKeyBytes       = 256
	maxNameBytes      = 1 << 10
	maxMessageBytes   = 8 << 10
	maxStateBytes     = 512
	spanBudget        = 1 << 20  // JSON of attributes, events and links
	headBudget        = 16 << 10 // JSON of a resource or a scope: every span of it has a copy
)
