package identity

// IndexState is a copy of the index, for comparisons.
type IndexState struct {
	Workspaces, WorkspaceNames map[string]Workspace
	Members, MemberNames       map[string]Member
	Keys                       map[string]APIKey
	KeyNames                   map[[2]string]APIKey
	KeyHashes                  map[Hash]APIKey
}

// IndexState copies the index.
func (s *Service) IndexState() IndexState {
	x := s.index.Load()
	x.mu.RLock()
	defer x.mu.RUnlock()
	names := map[[2]string]APIKey{}
	for n, k := range x.keyName {
		names[[2]string{n.workspace, n.name}] = *k
	}
	return IndexState{values(x.workspaces), values(x.workspaceName), values(x.members), values(x.memberName), values(x.keys), names, values(x.keyHash)}
}

func values[K comparable, V any](m map[K]*V) map[K]V {
	out := map[K]V{}
	for k, v := range m {
		out[k] = *v
	}
	return out
}
