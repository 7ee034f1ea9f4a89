package cache

import (
	"context"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// PurgeFilter selects answers of a workspace. An answer is removed if it meets every condition
// that is set.
type PurgeFilter struct {
	All           bool          // every answer of the workspace; excludes the other conditions
	Entry         string        // id of an entry, as explanations show it
	Answer        string        // request id of the call that stored the answer
	Tag           string        // a tag, or a pair of metadata as "name=value"
	Model         string        // as asked for, or as sent upstream
	Prompt        string        // id of a prompt template
	PromptVersion int           // of Prompt; 0 = all
	Member        string        // id or name of the member whose call stored it
	Namespace     string        // that the caller chose
	OlderThan     time.Duration // time since the answer was stored; 0 = any
}

// purgeFields are the conditions as the API and the command line name them.
const purgeFields = "entry, answer, tag, model, prompt (with prompt_version), member, namespace, older_than, or all"

// Check refuses a filter that selects nothing or everything by accident.
func (f PurgeFilter) Check(op string) error {
	narrowed := f != PurgeFilter{} && f != PurgeFilter{All: true}
	switch {
	case f.PromptVersion < 0:
		return gateway.InvalidField(op, "prompt_version", "The field 'prompt_version' must be a version from 1.")
	case f.PromptVersion > 0 && f.Prompt == "":
		return gateway.InvalidField(op, "prompt_version", "The field 'prompt_version' needs 'prompt', the template's id.")
	case f.OlderThan < 0:
		return gateway.InvalidField(op, "older_than", "The field 'older_than' must not be negative.")
	case f.All && narrowed:
		return gateway.InvalidField(op, "all", "The field 'all' removes every answer; give it without other conditions.")
	case !f.All && !narrowed:
		return gateway.InvalidField(op, "filter", "The filter is empty. Say what to remove: "+purgeFields+" (all: true empties the workspace's cache).")
	}
	return nil
}

// attributes returns what an answer must have.
func (f PurgeFilter) attributes() []key.Attribute {
	var out []key.Attribute
	for _, a := range []key.Attribute{{Name: key.AttributeEntry, Value: f.Entry}, {Name: key.AttributeAnswer, Value: f.Answer}, {Name: key.AttributeTag, Value: f.Tag},
		{Name: key.AttributeModel, Value: f.Model}, {Name: key.AttributeMember, Value: f.Member}, {Name: key.AttributeNamespace, Value: f.Namespace}} {
		if a.Value != "" {
			out = append(out, a)
		}
	}
	switch {
	case f.PromptVersion > 0:
		out = append(out, promptVersion(f.Prompt, f.PromptVersion))
	case f.Prompt != "":
		out = append(out, key.Attribute{Name: key.AttributePrompt, Value: f.Prompt})
	}
	return out
}

func promptVersion(prompt string, version int) key.Attribute {
	return key.Attribute{Name: key.AttributePromptVersion, Value: prompt + "@" + strconv.Itoa(version)}
}

// Purge removes answers of a workspace, also those that are being written, and returns how many
// the store had. Other processes are told, and remove what they have.
func (s *Service) Purge(ctx context.Context, workspace string, filter PurgeFilter) (int, error) {
	const op = "cache.Purge"
	if err := filter.Check(op); err != nil {
		return 0, err
	}
	w, now := s.hasher.Workspace(workspace), s.cfg.Now()
	condition := s.conditionOf(w, filter, now)
	n, err := s.purges.add(w, now, condition, func() (int, error) {
		s.noteRemoval(removal{Workspace: w, Condition: condition})
		return s.store.Delete(ctx, exact.Selection{Workspace: w, Condition: condition})
	})
	s.changes.Add(1)
	if err != nil {
		return n, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The cache's store could not be purged.", Err: err}
	}
	if err := s.purgeIndex(ctx, w, condition); err != nil {
		return n, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The cache's index could not be purged.", Err: err}
	}
	if err := s.broadcastPurge(ctx, w, condition, now); err != nil {
		return n, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The other replicas could not be told of the purge: they serve what they have. Purge again.", Err: err}
	}
	return n, nil
}

// conditionOf is the filter as stores take it.
func (s *Service) conditionOf(workspace key.Digest, filter PurgeFilter, now time.Time) exact.Condition {
	condition := exact.Condition{Attributes: s.hasher.Attributes(workspace, filter.attributes()...)}
	if filter.OlderThan > 0 {
		condition.Before = now.Add(-filter.OlderThan)
	}
	return condition
}

// purgeIndex removes the points of purged answers. Those of single answers in this process went
// with the answers.
func (s *Service) purgeIndex(ctx context.Context, workspace key.Digest, condition exact.Condition) error {
	if s.cfg.Index == nil {
		return nil
	}
	s.indexing.Lock()
	defer s.indexing.Unlock()
	switch {
	case condition.All():
		return s.cfg.Index.Delete(ctx, Selection{Workspace: workspace})
	case s.archive != nil:
		return s.archive.DeleteSelected(ctx, workspace, condition)
	}
	return nil
}

// Count tells which answers of a workspace a purge with this filter would remove from the memory of
// this process.
func (s *Service) Count(workspace string, filter PurgeFilter) (exact.Count, error) {
	const op = "cache.Count"
	if err := filter.Check(op); err != nil {
		return exact.Count{}, err
	}
	if s.memory == nil {
		return exact.Count{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The cache's store cannot count its answers."}
	}
	w := s.hasher.Workspace(workspace)
	return s.memory.Count(w, s.conditionOf(w, filter, s.cfg.Now())), nil
}
