package credential

import "github.com/sluicegate/sluice/gateway"

// SnapshotState is the content of a snapshot, for comparisons.
type SnapshotState struct {
	Stored map[string]VirtualKey
	Named  map[[2]string]string // id by workspace and name
	Usable map[string][]gateway.VirtualKey
	Texts  []string // credentials
}

// SnapshotState copies the current snapshot.
func (s *Service) SnapshotState() SnapshotState {
	v := s.snapshot.Load()
	out := SnapshotState{map[string]VirtualKey{}, map[[2]string]string{}, map[string][]gateway.VirtualKey{}, nil}
	for workspace, list := range v.usable {
		for _, k := range list {
			k.Pool = nil
			out.Usable[workspace] = append(out.Usable[workspace], k)
		}
	}
	for id, e := range v.entries {
		out.Stored[id] = e.stored
	}
	for n, e := range v.byName {
		out.Named[[2]string{n.workspace, n.name}] = e.stored.ID
	}
	for _, c := range v.credentials {
		out.Texts = append(out.Texts, c.Reveal())
	}
	return out
}
