// Package vendor is the table of the vendors that Sluice calls.
//
// A [Vendor] is one row: address, wire format, way of signing, settings of a virtual key, and [Quirks],
// the deviations from OpenAI's format. A vendor with OpenAI's format needs nothing but its row.
// The rows stand in table*.go; table.go holds those with a format of their own. [Lookup] finds a row by
// id or alias. [Vendor.Base] and [Vendor.Endpoint] make the URLs of calls of a target: the base URL of
// the target where it has one, else that of the row.
//
// The table is built once and never changes. Rows are shared: nobody may modify them.
package vendor
