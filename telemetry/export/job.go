package export

import "time"

// Status tells how far a job is. The words are Portkey's, beside "queued".
type Status string

// The statuses.
const (
	Draft      Status = "draft"
	Queued     Status = "queued"
	InProgress Status = "in_progress"
	Success    Status = "success"
	Failed     Status = "failed"
	Stopped    Status = "stopped"
)

// Ended reports whether the job neither runs nor waits.
func (s Status) Ended() bool { return s == Success || s == Failed || s == Stopped }

// Destination is where the file goes.
type Destination string

// The destinations.
const (
	ToFile   Destination = "file" // in the data directory of the server that ran the job
	ToBucket Destination = "s3"
)

// Job is one export.
type Job struct {
	ID          string
	Workspace   string // id, as the next two
	Member      string // who made it
	APIKey      string
	Description string

	Filter      Filter
	Own         string // id of the member whose exchanges alone are exported; "" = everybody's
	Format      Format
	Fields      []string // nil = all
	Bodies      bool     // what was asked and answered is exported, too
	Destination Destination

	Status Status
	Reason string // why it failed
	Total  int64  // exchanges that matched when the job was made; -1 = not counted
	Rows   int64  // written so far
	Bytes  int64
	Cut    string // "rows" or "bytes": the limit at which the file ends; "" = it is whole
	Tries  int    // how often a runner began it
	Node   string // the server that runs it, and has the file

	CreatedAt time.Time
	UpdatedAt time.Time
	StartedAt time.Time // zero = not yet, as the next two
	EndedAt   time.Time
	ExpiresAt time.Time // when the file is deleted; zero for a bucket
}

// Bounds of jobs.
const (
	MaxDescription = 1000 // bytes
	MaxJobs        = 500  // of a workspace; the oldest that ended makes way
	maxTries       = 3    // of a job whose server dies while it runs
)

// Name is the name of the file.
func (j *Job) Name() string { return j.ID + "." + string(j.Format) }
