package config

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config/yamltree"
	"github.com/sluicegate/sluice/telemetry/export"
)

// Exports bound exports of logs and say where their files go.
type Exports struct {
	Limits export.Limits
	S3     *S3 // nil = the data directory
}

// S3 is a bucket of Amazon S3 or of a service with the same interface.
type S3 struct {
	Endpoint, Region, Bucket, Prefix string
	PathStyle                        bool
	AccessKeyID                      string
	SecretAccessKey, SessionToken    gateway.Secret
}

func (e *Exports) endpoint() string {
	if e.S3 == nil {
		return ""
	}
	return e.S3.Endpoint
}

func (r *reader) exports(n *yamltree.Node, to *Exports) {
	rows := 0
	r.object(n, []field{
		{"max_rows", func(n *yamltree.Node) { r.integer(n, 1, &rows) }},
		{"max_size", func(n *yamltree.Node) { r.size(n, &to.Limits.Bytes) }},
		{"per_workspace", func(n *yamltree.Node) { r.integer(n, 1, &to.Limits.PerWorkspace) }},
		{"retention", func(n *yamltree.Node) { r.duration(n, &to.Limits.Retention) }},
		{"s3", func(n *yamltree.Node) { to.S3 = r.s3(n) }},
	})
	to.Limits.Rows = int64(rows)
	if size := n.Get("max_size"); size != nil && to.Limits.Bytes > export.MaxBytes {
		r.bad(size, "must be at most 5GiB")
	}
}

func (r *reader) s3(n *yamltree.Node) *S3 {
	s := &S3{}
	r.object(n, []field{
		{"endpoint", func(n *yamltree.Node) { r.checked(n, &s.Endpoint, endpointProblem) }},
		{"region", func(n *yamltree.Node) { r.str(n, &s.Region) }},
		{"bucket", func(n *yamltree.Node) { r.checked(n, &s.Bucket, bucketProblem) }},
		{"prefix", func(n *yamltree.Node) { r.str(n, &s.Prefix) }},
		{"path_style", func(n *yamltree.Node) { r.boolean(n, &s.PathStyle) }},
		{"access_key_id", func(n *yamltree.Node) { r.str(n, &s.AccessKeyID) }},
		{"secret_access_key", func(n *yamltree.Node) { r.secret(n, &s.SecretAccessKey) }},
		{"session_token", func(n *yamltree.Node) { r.secret(n, &s.SessionToken) }},
	}, "region", "bucket", "access_key_id", "secret_access_key")
	if n.Get("endpoint") == nil {
		s.Endpoint = "https://s3." + s.Region + ".amazonaws.com"
	} else if n.Get("path_style") == nil {
		s.PathStyle = true // few services but Amazon's have a host for each bucket
	}
	return s
}

// endpointProblem says what is wrong with the address of a service, "" if nothing.
func endpointProblem(text string) string {
	if problem := URLProblem(text); problem != "" {
		return problem
	}
	if text == "*" || originProblem(text) != "" {
		return "must be scheme and host only, such as https://s3.example.com"
	}
	return ""
}

// bucketProblem says what is wrong with the name of a bucket, "" if nothing.
func bucketProblem(name string) string {
	if len(name) < 3 || len(name) > 63 {
		return "must have 3 to 63 characters"
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return "may have lower-case letters, digits, dots, hyphens and underscores only"
		}
	}
	return ""
}
