package settle

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Bounds of what one job writes.
const (
	maxPages   = 20 // of a list, of 1,000 names each
	maxFiles   = 2_000
	maxSummary = 1 << 20
)

// stored reads the results of an object in the bucket that its work has written them to.
func (p *Poller) stored(life context.Context, o *vendorobject.Object, is *state) (settled bool, err error) {
	by := Settler{Store: p.cfg.Store, Now: p.cfg.Now}
	settle := by.settling(life, o.Workspace, o.ID)
	if !strings.HasSuffix(is.stored, "/") {
		return p.readObject(life, o, is.stored, &summary{model: is.model, settle: settle})
	}
	files, err := p.list(life, o, is.stored)
	if err != nil || len(files) == 0 {
		return false, err
	}
	all := &usageReader{model: is.model}
	for i, file := range files {
		if i == len(files)-1 {
			return p.readObject(life, o, file, &results{usageReader: all, settle: settle})
		}
		one := &part{usageReader: all}
		if _, err := p.readObject(life, o, file, one); err != nil || !one.whole {
			return false, err
		}
	}
	return false, nil
}

// readObject reads one object of a bucket.
func (p *Poller) readObject(life context.Context, o *vendorobject.Object, name string, to gateway.WorkResults) (settled bool, err error) {
	_, settled, err = p.get(life, readTimeout, o, vendorQuery{path: "/", stored: name}, func(pass *gateway.PassThrough) { pass.Results = to })
	return settled, err
}

// list lists the files with answers below a folder of a bucket, in the order of their names.
func (p *Poller) list(life context.Context, o *vendorobject.Object, folder string) (files []string, err error) {
	bucket := folder[:strings.Index(folder[len("gs://"):], "/")+len("gs://")+1]
	page := ""
	for range maxPages {
		answer, _, err := p.get(life, askTimeout, o, vendorQuery{path: "/?" + page, stored: folder}, func(*gateway.PassThrough) {})
		if err != nil {
			return nil, err
		}
		for e := range jsonx.Elements(jsonx.Get(answer, "items")) {
			name := text(e.Value, "name")
			if file := LastSegment(name); strings.HasSuffix(file, ".jsonl") && !strings.HasPrefix(file, "error") {
				files = append(files, bucket+name)
			}
		}
		if len(files) > maxFiles {
			break
		}
		if page = text(answer, "nextPageToken"); page == "" {
			return files, nil
		}
	}
	return nil, &gateway.Error{Op: "settle.list", Kind: gateway.BadUpstream, Public: "The folder '" + gateway.Shorten(folder) + "' has more files than are read."}
}

// part reads a file that is not the last one.
type part struct {
	*usageReader
	whole bool // the file was read to its end
}

// End implements gateway.WorkResults.
func (r *part) End() *gateway.SettledWork {
	r.endLine()
	r.whole = true
	return nil
}

// summary reads the summary of a job of Bedrock's.
type summary struct {
	model  string
	text   []byte
	settle func([]gateway.ModelUsage) *gateway.SettledWork
}

// Write implements io.Writer.
func (r *summary) Write(p []byte) (int, error) {
	if len(r.text) <= maxSummary {
		r.text = append(r.text, p...)
	}
	return len(p), nil
}

// End implements gateway.WorkResults.
func (r *summary) End() *gateway.SettledWork {
	if len(r.text) > maxSummary {
		return nil
	}
	used, ok := ofBedrockSummary(r.text, r.model)
	if !ok {
		return nil
	}
	return r.settle(used)
}
