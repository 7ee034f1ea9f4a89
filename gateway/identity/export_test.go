package identity

// IndexState is a copy of the index, for comparisons.
type IndexState struct {
	Workspaces, WorkspaceNames map[string]Workspace
	Members, MemberNames       map[string]Member
	Teams                      map[string]Team
	TeamNames                  map[[2]string]Team
	Keys                       map[string]APIKey
	KeyNames                   map[[2]string]APIKey
	KeyHashes                  map[Hash]APIKey
}

// IndexState copies the index.
func (s *Service) IndexState() IndexState {
	x := s.index.Load()
	x.mu.RLock()
	defer x.mu.RUnlock()
	return IndexState{values(x.workspaces), values(x.workspaceName), values(x.members), values(x.memberName), values(x.teams), named(x.teamName),
		values(x.keys), named(x.keyName), values(x.keyHash)}
}

func values[K comparable, V any](m map[K]*V) map[K]V {
	out := map[K]V{}
	for k, v := range m {
		out[k] = *v
	}
	return out
}

func named[V any](m map[nameIn]*V) map[[2]string]V {
	out := map[[2]string]V{}
	for n, v := range m {
		out[[2]string{n.workspace, n.name}] = *v
	}
	return out
}
