// Package sniff tells text from binary data by its bytes, where a declared type cannot be relied on.
// Redaction and guardrails read what it calls a text, so a doubt counts as text: reading data as
// text does no harm, and skipping a text lets it pass unread. It is a plain library: it knows
// no format of a vendor.
package sniff
