// Package passthrough is the codec of calls that are passed on to a vendor as they are: files, batches and
// whatever else a vendor's API has. It also reads objects in the buckets that clouds write results to.
//
// A path stays below the base URL of the target: one that could lead elsewhere is refused. Of the
// answer's headers, only those of a fixed list reach the caller. An answer in JSON is one chunk,
// everything else arrives in pieces.
package passthrough
