// Package vendorobject says who owns what vendors keep for callers: files, batches, uploads,
// fine-tunes, vector stores, assistants and threads.
//
// A vendor knows one account, which several workspaces may share. So an object belongs to the
// workspace whose call made it, and only calls of that workspace reach it, at the virtual key that
// made it. The objects themselves stay at the vendor.
package vendorobject

import (
	"context"
	"encoding/json"
	"regexp"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Object is one of them.
type Object struct {
	ID         string // at the vendor
	Workspace  string // id
	Provider   string
	VirtualKey string // name; "": the caller's own credential
	Credential string // of the virtual key; "" if it has no choice
	APIKey     string // id of the one that made it
	Created    time.Time

	Batch       *Batch                   // of a file with the calls of a batch that was read; nil: it was not
	Reservation *gateway.WorkReservation // what stands reserved for a batch; nil: nothing
	Work        *Work                    // what the vendor does for it; nil: nothing that has an end
	ResultsOf   string                   // id of the object whose results a file holds; "": it holds none
	Settled     bool                     // what the work cost is charged
}

// Work is what a vendor does for an object after the call that made it.
type Work struct {
	Kind string `json:"kind"` // one of package settle
	Path string `json:"path"` // where the vendor tells of it, below the base URL of the target; it may have a query
	// Body is what is sent there, where the vendor is asked by POST. nil: it is asked by GET.
	Body json.RawMessage `json:"body,omitempty"`
	// Uses is what it uses if it succeeds, where that is known beforehand: of a video, by the video.
	Uses []gateway.ModelUsage `json:"uses,omitempty"`
}

// Batch is what the calls in a file can use.
type Batch struct {
	Calls     []gateway.CallsOf `json:"calls,omitempty"`
	Objects   []string          `json:"objects,omitempty"`   // ids of what the vendor keeps
	Unbounded string            `json:"unbounded,omitempty"` // as gateway.VendorWork says it
	Judged    []string          `json:"judged,omitempty"`    // policies that have read the calls, as gateway.PartFilter has them
}

// IsID reports whether a text looks like the id of an object of OpenAI's.
func IsID(text string) bool { return len(text) <= MaxID && idForm.MatchString(text) }

var idForm = regexp.MustCompile(`^(file|batch|upload|vs|asst|thread|ftjob)[-_][A-Za-z0-9_-]{3,200}$`)

// MaxID is the length of the longest id that is kept, in bytes.
const MaxID = 200

// Store keeps them. An object that is absent, or of another workspace, is an error of the Kind
// NotFound.
type Store interface {
	// KeepObjects notes objects. One that is known already stays as it is, but for ResultsOf and Batch,
	// which are noted if they were not known.
	KeepObjects(ctx context.Context, list []Object) error
	VendorObject(ctx context.Context, workspace, id string) (Object, error)
	// OwnedObjects returns which of the ids are a workspace's.
	OwnedObjects(ctx context.Context, workspace string, ids []string) (map[string]bool, error)
	// ForeignObjects returns which of the ids belong to other workspaces, and not to this one.
	ForeignObjects(ctx context.Context, workspace string, ids []string) (map[string]bool, error)
	ForgetObject(ctx context.Context, workspace, id string) error
	// SettleObject notes that what an object cost is charged, and returns the object. It returns false
	// if that was noted before, or there is no such object.
	SettleObject(ctx context.Context, workspace, id string) (o Object, first bool, err error)
	// ClaimWork returns the object whose unsettled work is due to be asked about first, and makes it due
	// again after the lease. ok is false if none is due.
	ClaimWork(ctx context.Context, lease time.Duration) (o Object, ok bool, err error)
	// PostponeWork makes the work of an object due after some time; a negative time means never.
	PostponeWork(ctx context.Context, workspace, id string, after time.Duration) error
}
